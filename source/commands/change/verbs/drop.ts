/** `virsnap drop FILE | DOMAIN` */
import {plannedCommand} from '../planned.ts';
import {domainOrFile, memoryArgument} from '../request.ts';

export const dropCommand = plannedCommand({
	name: 'drop',
	summary: 'discard saved memory',
	arguments: [memoryArgument],
	options: {},
	examples: [
		{line: 'drop web', does: 'Discard the managed save of web; its next start is a cold boot.'},
		{line: 'drop /var/backups/web.save --yes', does: 'Discard saved memory in a file.'},
	],
	request({words: [subject = '']}) {
		const {domain, ...file} = domainOrFile(subject);
		return {domain, intent: {verb: 'drop', ...file}};
	},
});
