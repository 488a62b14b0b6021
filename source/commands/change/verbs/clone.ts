/** `virsnap clone DOMAIN NEW` */
import {plannedCommand} from '../planned.ts';
import {domainArgument} from '../request.ts';

export const cloneCommand = plannedCommand({
	name: 'clone',
	summary: 'linked clone: a new domain on overlays of this one',
	description: [
		'While a clone exists its base must stay shut off. Undo of the operation removes the clone with its files.',
	],
	arguments: [domainArgument, {name: 'NEW', help: 'name of the new domain'}],
	options: {},
	examples: [
		{line: 'clone web web-test', does: 'Show the plan, ask, and define web-test on overlays of the disks of web.'},
		{line: 'plan clone web web-test', does: 'Show what would be done.'},
	],
	request: ({words: [domain = '', name = '']}) => ({domain, intent: {verb: 'clone', name}}),
});
