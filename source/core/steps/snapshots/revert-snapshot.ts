/** Going back to a snapshot by libvirt: `virsh snapshot-revert` (virsh(1)). */
import {literal, nullable, picklist, strictObject, string} from 'valibot';
import {addressSchema, virshOn} from '../on-domain.ts';
import {byLibvirt, type StepKind} from '../step-kind.ts';

export const revertSnapshot: StepKind<'revert-snapshot'> = {
	...byLibvirt,
	reach: () => ({state: true, definition: true, disks: 'all', snapshots: true, others: true}),
	schema: strictObject({
		kind: literal('revert-snapshot'),
		on: addressSchema,
		tag: string(),
		afterwards: nullable(picklist(['running', 'paused'])),
	}),
	argv: ({on, tag, afterwards}) =>
		virshOn(on, 'snapshot-revert', `--snapshotname=${tag}`, ...(afterwards === null ? [] : [`--${afterwards}`])),
	evidence: () => 'unseen',
	// It goes back to the same contents.
	repeatable: true,
};
