/** A domain that comes into being by its definition, which goes in as the step's input. */
import {literal, strictObject, string} from 'valibot';
import {addressSchema, virsh} from '../on-domain.ts';
import {byLibvirt, type StepKind} from '../step-kind.ts';

export const defineNew: StepKind<'define-new'> = {
	...byLibvirt,
	reach: () => ({others: true}),
	schema: strictObject({kind: literal('define-new'), on: addressSchema, name: string()}),
	argv: ({on}) => virsh(on, 'define', '--file=/dev/stdin'),
	undo: ({on}) => ({kind: 'undefine', on, nvram: 'keep'}),
	// Somebody else may have given the name to a domain of theirs.
	evidence: ({on}, _plan, {domains}) => (domains.some(({uuid}) => uuid === on.uuid) ? 'done' : 'not-done'),
	repeatable: false,
};
