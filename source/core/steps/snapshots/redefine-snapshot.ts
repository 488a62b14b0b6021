/** libvirt's record of a snapshot replaced by the XML that goes in as the step's input: `virsh snapshot-create --redefine` (virsh(1)). */
import {boolean, literal, strictObject, string} from 'valibot';
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
	evidence: () => 'unseen',
	// A record that is written over what it says already stays the same.
	repeatable: true,
};
