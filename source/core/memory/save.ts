/** Plans that put the memory of a domain into a file, or into libvirt's managed save. */

import {dirname} from 'node:path/posix';
import type {Does} from '../model/does.ts';
import type {Facts} from '../model/facts.ts';
import type {SaveIntent} from '../model/intent.ts';
import type {Outcome, Plan, Space} from '../model/plan.ts';
import {type Refusal, refuse} from '../model/refusal.ts';
import {memoryPause} from '../planning/pause.ts';
import {type Draft, planOf} from '../planning/plan-of.ts';
import {busyRefusal} from '../planning/refusals/busy.ts';
import {heldRefusal} from '../planning/refusals/held.ts';
import {newFileRefusal, spaceRefusal} from '../planning/refusals/new-files.ts';
import {fixedFrequency, unmountOr, unsavableReason} from '../planning/refusals/unsavable.ts';
import {forgotten, forgottenWarnings} from '../power/forgotten.ts';
import {memoryFileSteps} from '../steps/files/new-memory-file.ts';
import {byShell, byVirsh, byVirsnap} from '../steps/hints.ts';
import {addressOf, virsh} from '../steps/on-domain.ts';
import {step} from '../steps/step.ts';
import {remedy} from '../words/remedy.ts';
import {printable, t} from '../words/text.ts';

type MemoryDraft = Draft & Pick<Plan, 'why' | 'expect'>;

/** `virsh save DOMAIN FILE` or `virsh managedsave DOMAIN`: memory and devices go into a file, and the domain stops. */
export function savePlan(facts: Facts, {file}: SaveIntent): Outcome {
	const refusal = saveRefusal(facts) ?? (file === undefined ? managedRefusal(facts) : fileRefusal(facts, file));
	if (refusal) return {refusal};
	const draft = file === undefined ? managedSave(facts) : saveInto(facts, file);
	return {plan: planOf(facts, {verb: 'save', method: 'memory', ...draft})};
}

function managedSave(facts: Facts): MemoryDraft {
	const {domain, host} = facts;
	return {
		...saving(facts, {kind: 'managed-save', on: addressOf(facts)}, "libvirt's managed save"),
		why: 'libvirt stores the memory, and the next start resumes from it.',
		wayBack: remedy`Start it ${byVirsh(host, 'start', domain)}: it resumes where it was.`,
		expect: [{kind: 'state', state: 'saved'}],
	};
}

function saveInto(facts: Facts, file: string): MemoryDraft {
	const {domain, host} = facts;
	const making = memoryFileSteps(facts, file);
	const does = {kind: 'save', on: addressOf(facts), file, ...(making.length > 0 ? {made: true} : {})} as const;
	const {steps, ...rest} = saving(facts, does, printable(file));
	return {
		...rest,
		steps: [...making, ...steps],
		onFailure: making.length > 0 ? 'undo' : 'stop',
		why: 'Requested: a file of its own.',
		// Of a domain that libvirt does not have nothing can be planned.
		wayBack: remedy`Restore it ${domain.persistent ? byVirsnap(['restore', file]) : byShell(virsh(host, 'restore', file))}.`,
		expect: [
			domain.persistent ? {kind: 'state', state: 'shut off'} : forgotten(domain),
			{kind: 'file', file, present: true, memory: true},
		],
		file,
		space: [spaceAt(facts, dirname(file))],
	};
}

function saving(facts: Facts, does: Does, place: string) {
	const {domain} = facts;
	const name = printable(domain.name);
	return {
		pause: `${domain.state === 'paused' ? '' : `${memoryPause(facts)}; then `}off until it is restored`,
		steps: [
			step(does, {
				title: `Save the memory of ${name}`,
				changes: [
					{sign: '+', what: `memory of ${name} in ${place}`},
					{sign: '~', what: 'the domain stops'},
				],
			}),
		],
		warnings: [
			'The disks are not included: they must not change until the memory is restored.',
			...forgottenWarnings(domain, 'No list shows it until the file is restored.'),
		],
	} satisfies Partial<Draft>;
}

function spaceAt({domain, directories}: Facts, where: string): Space {
	return {where, neededBytes: domain.memoryBytes, freeBytes: directories[where]?.freeBytes ?? null};
}

function saveRefusal(facts: Facts): Refusal | null {
	const {domain, host} = facts;
	if (!['running', 'idle', 'paused'].includes(domain.state)) {
		return refuse(
			'wrong-state',
			`The domain is ${domain.state}: it has no memory to save.`,
			domain.state === 'pmsuspended'
				? remedy`Wake it up first ${byVirsh(host, 'dompmwakeup', domain)}.`
				: remedy`Start it first ${byVirsh(host, 'start', domain)}.`,
		);
	}
	const busy = busyRefusal(facts);
	if (busy) return busy;
	const unsavable = unsavableReason(facts);
	if (unsavable !== null) {
		return refuse(
			'unsavable-device',
			unsavable,
			remedy`${unmountOr(facts, 'Shut')} it down instead ${byVirsh(host, 'shutdown', domain)}.${fixedFrequency(facts)}`,
		);
	}
	return heldRefusal(facts, 'memory');
}

function managedRefusal({domain}: Facts): Refusal | null {
	if (domain.persistent) return null;
	return refuse(
		'unsupported',
		'The domain is transient, and libvirt makes no managed save of transient domains.',
		remedy`Save it into a file ${byVirsnap(['save', domain.name, 'FILE'])}.`,
	);
}

function fileRefusal(facts: Facts, file: string): Refusal | null {
	if (!file.startsWith('/')) {
		return refuse(
			'not-writable',
			t`${file} is not an absolute path.`,
			'Give the full path, such as /var/lib/libvirt/images/web.save.',
		);
	}
	return newFileRefusal(facts, [file]) ?? spaceRefusal(facts, dirname(file), facts.domain.memoryBytes, 'the memory');
}
