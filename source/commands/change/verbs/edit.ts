/** `virsnap edit DOMAIN TAG` */
import {whenWords} from '../../../core/snapshots/retention.ts';
import {UsageError} from '../../context.ts';
import {plannedCommand} from '../planned.ts';
import {domainArgument, tagArgument} from '../request.ts';

export const editCommand = plannedCommand({
	name: 'edit',
	summary: 'describe a snapshot, rename it, protect it, or let it expire',
	description: [
		"The description is kept in libvirt's record of the snapshot. Images and files stay as they are.",
		'Without options your editor opens for the description: $VISUAL, else $EDITOR, else that of the system.',
		"Protection and expiry are kept in the domain's own metadata (virsh metadata, urn:virsnap:snapshots:1) and go with the domain.",
		'A new tag is for snapshots in files of their own: what is inside an image is found by its tag, which nothing can change there. Files keep their names.',
		'No delete removes a protected snapshot, and no merge or reclaim what it needs. An expired one is only marked.',
	],
	arguments: [domainArgument, tagArgument],
	options: {
		description: {value: 'TEXT', help: 'the new note that libvirt keeps with the snapshot; an empty one removes it'},
		tag: {value: 'NEW', help: 'its new tag: only for snapshots outside the images'},
		protect: {help: 'refuse to delete it'},
		unprotect: {help: 'let it be deleted again'},
		expires: {value: 'WHEN', help: `need not be kept any more from then on: ${whenWords}`},
		never: {help: 'keep it for ever: the same as --expires never'},
	},
	examples: [
		{
			line: 'edit web before-upgrade',
			does: 'Write its description in your editor; then show the plan, ask, and change it.',
		},
		{line: 'edit web before-upgrade --tag known-good', does: 'Rename it: its children name it as their parent.'},
		{
			line: 'edit web golden --protect --never',
			does: 'Refuse to delete golden until --unprotect; it never expires.',
		},
	],
	request({words: [domain = '', tag = ''], options: {description, tag: newTag, protect, unprotect, expires, never}}) {
		if (protect && unprotect) throw new UsageError('--protect and --unprotect exclude each other', 'Give one of them');
		if (expires !== undefined && never)
			throw new UsageError('--expires and --never exclude each other', 'Give one of them');
		const when = never ? 'never' : expires;
		const nothing = description === undefined && newTag === undefined && !protect && !unprotect && when === undefined;
		return {
			domain,
			...(nothing ? {byEditor: true} : {}),
			intent: {
				verb: 'edit',
				tag,
				...(description === undefined ? {} : {description}),
				...(newTag === undefined ? {} : {newTag}),
				...(protect || unprotect ? {protect: protect === true} : {}),
				...(when === undefined ? {} : {expires: when}),
			},
		};
	},
});
