/** `virsnap drop FILE | DOMAIN` */
import {planned} from '../planned.ts';
import {memoryArgument, memoryOf} from '../request.ts';

export const drop = planned({
	name: 'drop',
	summary: 'discard saved memory',
	arguments: [memoryArgument],
	options: {},
	examples: [
		{line: 'drop web', does: 'Discard the managed save of web; its next start is a cold boot.'},
		{line: 'drop /var/backups/web.save --yes', does: 'Discard saved memory in a file.'},
	],
	request({words: [subject = '']}) {
		const {domain, ...file} = memoryOf(subject);
		return {domain, intent: {verb: 'drop', ...file}};
	},
});
