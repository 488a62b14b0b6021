/** libvirt's record of a snapshot replaced by the XML that goes in as the step's input: `virsh snapshot-create --redefine` (virsh(1)). */
import {boolean, literal, strictObject, string} from 'valibot';
import {plannedRecord} from '../../planning/verify.ts';
import {t} from '../../words/text.ts';
import {addressSchema, virshOn} from '../on-domain.ts';
import {byLibvirt, type StepKind} from '../step-kind.ts';

export const redefineSnapshot: StepKind<'redefine-snapshot'> = {
	...byLibvirt,
	reach: () => ({snapshots: true}),
	schema: strictObject({
		kind: literal('redefine-snapshot'),
		on: addressSchema,
		tag: string(),
		current: boolean(),
	}),
	argv: ({on, current}) =>
		virshOn(on, 'snapshot-create', '--xmlfile=/dev/stdin', '--redefine', ...(current ? ['--current'] : [])),
	changes: ({tag}) => [{sign: '~', what: t`libvirt's record of ${tag}`}],
	// With the record as it was before for its input.
	undo: does => does,
	// Only a new description, or another parent, can be seen: where a plan promises one.
	evidence({tag}, plan, {domain}) {
		const {description, parent} = plannedRecord(plan, tag);
		if (description === undefined && parent === undefined) return 'unseen';
		const found = domain.snapshots.find(snapshot => snapshot.tag === tag && snapshot.libvirt);
		// libvirt forgets a record that it cannot write, until it starts again.
		if (found === undefined) return 'half';
		const described = description === undefined || (found.description ?? '') === description;
		return described && (parent === undefined || found.parent === parent) ? 'done' : 'not-done';
	},
	// A record that is written over what it says already stays the same.
	repeatable: true,
};
