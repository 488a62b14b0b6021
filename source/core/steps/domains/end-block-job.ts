/** A block job that waits to be ended, one way or the other: `virsh blockjob --pivot|--abort` (virsh(1)). */
import {literal, picklist, strictObject, string} from 'valibot';
import {addressSchema, virshOn} from '../on-domain.ts';
import {byLibvirt, type StepKind} from '../step-kind.ts';

export const endBlockJob: StepKind<'end-block-job'> = {
	...byLibvirt,
	reach: ({target}) => ({definition: true, disks: [target], snapshots: true}),
	schema: strictObject({
		kind: literal('end-block-job'),
		on: addressSchema,
		target: string(),
		how: picklist(['pivot', 'abort']),
	}),
	argv: ({on, target, how}) => virshOn(on, 'blockjob', `--path=${target}`, `--${how}`),
	changes: ({target, how}) => [
		{sign: '~', what: how === 'pivot' ? `${target} runs on its base` : `${target} stays on its overlay`},
	],
	evidence: () => 'unseen',
	// Where there is no job any more its command fails, and says so.
	repeatable: false,
};
