/** `virsnap restore FILE | DOMAIN` */
import {plannedCommand} from '../planned.ts';
import {afterwards, afterwardsOptions, domainOrFile, memoryArgument} from '../request.ts';

export const restoreCommand = plannedCommand({
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
		const {domain, ...file} = domainOrFile(subject);
		return {domain, intent: {verb: 'restore', ...file, ...afterwards(options)}};
	},
});
