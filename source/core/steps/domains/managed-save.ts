/** Memory and devices into libvirt's keeping, from where the next start goes on: `virsh managedsave` (virsh(1)). */
import {literal, strictObject} from 'valibot';
import {addressSchema, virshOn} from '../on-domain.ts';
import {byLibvirt, type StepKind} from '../step-kind.ts';
import {memoryJob} from './memory-job.ts';

export const managedSave: StepKind<'managed-save'> = {
	...byLibvirt,
	reach: () => ({state: true}),
	schema: strictObject({kind: literal('managed-save'), on: addressSchema}),
	argv: ({on}) => virshOn(on, 'managedsave'),
	evidence: (_does, _plan, {domain}) => (domain.managedSave ? 'done' : 'not-done'),
	repeatable: false,
	job: memoryJob,
};
