/** `virsnap reclaim DOMAIN FILE` */
import {plannedCommand} from '../planned.ts';
import {domainArgument, fileOf} from '../request.ts';

export const reclaimCommand = plannedCommand({
	name: 'reclaim',
	summary: 'remove an unused overlay',
	description: [
		'A revert keeps the overlay that the domain ran on. `virsnap list DOMAIN` names those that nothing uses.',
	],
	arguments: [domainArgument, {name: 'FILE', help: 'the overlay, as the list names it', completes: ['file']}],
	options: {},
	examples: [
		{line: 'list web', does: 'See unused overlays, each with the command that removes it.'},
		{line: 'reclaim web /var/lib/libvirt/images/web.s1.qcow2', does: 'Show the plan, ask, and remove the file.'},
	],
	request: ({words: [domain = '', file = '']}) => ({domain, intent: {verb: 'reclaim', overlay: fileOf(file)}}),
});
