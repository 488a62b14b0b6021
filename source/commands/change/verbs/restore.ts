/** `virsnap restore FILE | DOMAIN` */
import {planned} from '../planned.ts';
import {afterwards, afterwardsOptions, memoryArgument, memoryOf} from '../request.ts';

export const restore = planned({
	name: 'restore',
	summary: 'resume a domain from saved memory',
	arguments: [memoryArgument],
	options: afterwardsOptions,
	exclusive: [['running', 'paused']],
	examples: [
		{line: 'restore web', does: 'Resume web from its managed save.'},
		{line: 'restore /var/backups/web.save --paused', does: 'Load the memory from a file and leave the domain paused.'},
	],
	request({words: [subject = ''], options}) {
		const {domain, ...file} = memoryOf(subject);
		return {domain, intent: {verb: 'restore', ...file, ...afterwards(options)}};
	},
});
