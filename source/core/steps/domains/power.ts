/** A domain started, stopped, paused or resumed: `virsh start`, `shutdown`, `destroy`, `suspend`, `resume` (virsh(1)). */
import {boolean, literal, picklist, strictObject} from 'valibot';
import {type Domain, isActive} from '../../model/domain.ts';
import type {PowerVerb} from '../../model/intent.ts';
import {addressSchema, virshOn} from '../on-domain.ts';
import {byLibvirt, type StepKind} from '../step-kind.ts';

const verbs = ['start', 'shutdown', 'destroy', 'suspend', 'resume'] as const satisfies readonly PowerVerb[];

const reached: Readonly<Record<PowerVerb, (domain: Domain) => boolean>> = {
	start: isActive,
	shutdown: domain => !isActive(domain),
	destroy: domain => !isActive(domain),
	suspend: ({state}) => state === 'paused',
	resume: ({state}) => state === 'running' || state === 'idle',
};

const opposites: Readonly<Partial<Record<PowerVerb, PowerVerb>>> = {suspend: 'resume', resume: 'suspend'};

export const power: StepKind<'power'> = {
	...byLibvirt,
	reach: () => ({state: true, disks: 'all', snapshots: true}),
	schema: strictObject({kind: literal('power'), on: addressSchema, verb: picklist(verbs), paused: boolean()}),
	argv: ({on, verb, paused}) => virshOn(on, verb, ...(paused ? ['--paused'] : [])),
	undo({on, verb}) {
		const opposite = opposites[verb];
		return opposite ? {kind: 'power', on, verb: opposite, paused: false} : null;
	},
	evidence: ({verb}, _plan, {domain}) => (reached[verb](domain) ? 'done' : 'not-done'),
	repeatable: true,
	power: true,
};
