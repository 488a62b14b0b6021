/** `virsnap edit DOMAIN TAG` */
import {UsageError} from '../../context.ts';
import {plannedCommand} from '../planned.ts';
import {domainArgument, tagArgument} from '../request.ts';

export const editCommand = plannedCommand({
	name: 'edit',
	summary: 'change the description of a snapshot',
	description: ["Only libvirt's record of the snapshot is changed; images and files stay as they are."],
	arguments: [domainArgument, tagArgument],
	options: {
		description: {value: 'TEXT', help: 'the new note that libvirt keeps with the snapshot; an empty one removes it'},
	},
	examples: [
		{
			line: 'edit web before-upgrade --description known-good',
			does: 'Show the plan, ask, and change it.',
		},
		{line: "edit web before-upgrade --description '' --yes", does: 'Remove the description.'},
	],
	request({words: [domain = '', tag = ''], options: {description}}) {
		if (description === undefined)
			throw new UsageError('Nothing to change', 'Give the new description: --description TEXT');
		return {domain, intent: {verb: 'edit', tag, description}};
	},
});
