/** Memory in libvirt's keeping given up: `virsh managedsave-remove` (virsh(1)). */
import {literal, strictObject} from 'valibot';
import {addressSchema, virshOn} from '../on-domain.ts';
import {byLibvirt, type StepKind} from '../step-kind.ts';

export const dropManagedSave: StepKind<'drop-managed-save'> = {
	...byLibvirt,
	reach: () => ({state: true}),
	schema: strictObject({kind: literal('drop-managed-save'), on: addressSchema}),
	argv: ({on}) => virshOn(on, 'managedsave-remove'),
	changes: () => [{sign: '-', what: 'the saved memory'}],
	evidence: (_does, _plan, {domain}) => (domain.managedSave ? 'not-done' : 'done'),
	repeatable: true,
};
