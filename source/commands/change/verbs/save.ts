/** `virsnap save DOMAIN [FILE]` */
import {plannedCommand} from '../planned.ts';
import {domainArgument, fileOf} from '../request.ts';

export const saveCommand = plannedCommand({
	name: 'save',
	summary: 'save the memory of a domain and stop it',
	arguments: [
		domainArgument,
		{
			name: 'FILE',
			help: "a new file for the memory; default: libvirt's managed save, which the next start resumes from",
			optional: true,
			completes: ['file'],
		},
	],
	options: {},
	examples: [
		{line: 'save web', does: 'Stop web; its memory waits in a managed save.'},
		{line: 'save web /var/backups/web.save --yes', does: 'Save the memory to a file of your own.'},
	],
	request: ({words: [domain = '', file]}) => ({
		domain,
		intent: {verb: 'save', ...(file === undefined ? {} : {file: fileOf(file)})},
	}),
});
