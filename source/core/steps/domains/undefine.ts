/** A definition that goes: `virsh undefine` (virsh(1)). libvirt wants to be told what becomes of an NVRAM. */
import {literal, nullable, picklist, strictObject} from 'valibot';
import {addressSchema, virshOn} from '../on-domain.ts';
import {byLibvirt, type StepKind} from '../step-kind.ts';

const flags = {keep: '--keep-nvram', remove: '--nvram'} as const;

export const undefine: StepKind<'undefine'> = {
	...byLibvirt,
	reach: () => ({others: true}),
	schema: strictObject({
		kind: literal('undefine'),
		on: addressSchema,
		nvram: nullable(picklist(['keep', 'remove'])),
	}),
	argv: ({on, nvram}) => virshOn(on, 'undefine', ...(nvram === null ? [] : [flags[nvram]])),
	evidence: ({on}, _plan, {domains}) => (domains.some(({uuid}) => uuid === on.uuid) ? 'not-done' : 'done'),
	repeatable: false,
};
