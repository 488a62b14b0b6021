/** `virsnap delete DOMAIN TAG` */
import {plannedCommand} from '../planned.ts';
import {domainArgument, idOption, tagArgument} from '../request.ts';

export const deleteCommand = plannedCommand({
	name: 'delete',
	summary: 'delete a snapshot',
	arguments: [domainArgument, tagArgument],
	options: {
		children: {help: 'also delete its child snapshots'},
		...idOption,
		'metadata-only': {help: "delete libvirt's metadata only; keep the data"},
	},
	examples: [
		{line: 'delete web before-upgrade', does: 'Show the plan, ask, and delete the snapshot.'},
		{line: 'delete web before-upgrade --children --yes', does: 'Delete it with all that were taken after it.'},
		{line: 'delete web lost --metadata-only', does: 'Remove the record of a snapshot whose data is gone.'},
	],
	request: ({words: [domain = '', tag = ''], options}) => ({
		domain,
		intent: {
			verb: 'delete',
			tag,
			...(options.id === undefined ? {} : {id: options.id}),
			...(options.children ? {children: true} : {}),
			...(options['metadata-only'] ? {metadataOnly: true} : {}),
		},
	}),
});
