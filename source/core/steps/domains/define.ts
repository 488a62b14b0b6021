/** The definition of a domain with other files for some of its disks. The XML goes in as the step's input, so that no file is left behind. */
import {array, literal, strictObject, string} from 'valibot';
import {runsOn, sourcesOf} from '../../planning/sources.ts';
import {t} from '../../words/text.ts';
import {addressSchema, virsh} from '../on-domain.ts';
import {byLibvirt, type StepKind} from '../step-kind.ts';

const placed = array(strictObject({target: string(), file: string(), format: string()}));

export const define: StepKind<'define'> = {
	...byLibvirt,
	reach: ({disks, before}) => ({
		definition: true,
		disks: [...disks, ...before].map(({target}) => target),
		snapshots: true,
	}),
	schema: strictObject({kind: literal('define'), on: addressSchema, disks: placed, before: placed}),
	argv: ({on}) => virsh(on, 'define', '--file=/dev/stdin'),
	changes: ({disks}) => disks.map(({target, file}) => ({sign: '~', what: t`${target} runs on ${file}`})),
	// With the definition as it was before for its input.
	undo: ({on, disks, before}) => ({kind: 'define', on, disks: before, before: disks}),
	evidence(_does, plan, facts) {
		if (sourcesOf(plan).length === 0) return 'half';
		return sourcesOf(plan).every(source => runsOn(facts, source)) ? 'done' : 'not-done';
	},
	repeatable: false,
};
