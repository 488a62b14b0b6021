/** `virsnap revert DOMAIN TAG` */
import {plannedCommand} from '../planned.ts';
import {afterwards, afterwardsOptions, domainArgument, idOption, tagArgument} from '../request.ts';

export const revertCommand = plannedCommand({
	name: 'revert',
	summary: 'return to a snapshot',
	arguments: [domainArgument, tagArgument],
	options: {
		...afterwardsOptions,
		...idOption,
		safety: {help: 'take a snapshot of the present state first'},
		dir: {
			value: 'DIR',
			help: 'folder for new overlays; default: beside each overlay, or where libvirt puts them',
			completes: 'folder',
		},
	},
	exclusive: [['running', 'paused']],
	examples: [
		{line: 'plan revert web before-upgrade', does: 'Show what would be done and what would be lost.'},
		{line: 'revert web before-upgrade', does: 'Show the plan, ask, and revert.'},
		{line: 'revert web before-upgrade --safety --yes', does: 'Keep the present state in a snapshot, then revert.'},
	],
	request: ({words: [domain = '', tag = ''], options}) => ({
		domain,
		intent: {
			verb: 'revert',
			tag,
			...(options.id === undefined ? {} : {id: options.id}),
			...afterwards(options),
			...(options.safety ? {safety: true} : {}),
			...(options.dir === undefined ? {} : {dir: options.dir}),
		},
	}),
});
