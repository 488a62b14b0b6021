/** Going back to a snapshot by libvirt: `virsh snapshot-revert` (virsh(1)). */
import {exactOptional, literal, nullable, picklist, strictObject, string} from 'valibot';
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
		force: exactOptional(literal(true)),
	}),
	argv: ({on, tag, afterwards, force}) => {
		const options = [...(afterwards === null ? [] : [`--${afterwards}`]), ...(force ? ['--force'] : [])];
		return virshOn(on, 'snapshot-revert', `--snapshotname=${tag}`, ...options);
	},
	evidence: () => 'unseen',
	// It goes back to the same contents.
	repeatable: true,
};
