/** Why a method of taking a snapshot cannot be used: the state of the domain, its devices, and the requested options. */

import {can} from '../model/capabilities.ts';
import {isActive} from '../model/domain.ts';
import type {Facts} from '../model/facts.ts';
import type {CreateIntent} from '../model/intent.ts';
import {type Refusal, refuse} from '../model/refusal.ts';
import type {Remedy} from '../model/remedy.ts';
import {heldRefusal} from '../planning/refusals/held.ts';
import {fixedFrequency, unmountOr, unsavableReason} from '../planning/refusals/unsavable.ts';
import {isJobTag} from '../snapshots/tag.ts';
import {byVirsh} from '../steps/hints.ts';
import {option, remedy} from '../words/remedy.ts';

/** No snapshot of a domain with a managed save, nor of one between two states. */
export function createStateRefusal({domain, host}: Facts): Refusal | null {
	if (domain.managedSave || domain.state === 'saved') {
		return refuse(
			'saved-memory',
			'The domain has a managed save, which needs its disks as they are now.',
			remedy`Start it first ${byVirsh(host, 'start', domain)}, or discard the saved memory ${byVirsh(host, 'managedsave-remove', domain)}.`,
		);
	}
	if (['running', 'idle', 'paused', 'shut off'].includes(domain.state)) return null;
	const next =
		domain.state === 'pmsuspended'
			? remedy`Wake it up first ${byVirsh(host, 'dompmwakeup', domain)}.`
			: domain.state === 'crashed'
				? remedy`Force it off first ${byVirsh(host, 'destroy', domain)}.`
				: remedy`Wait, or force it off ${byVirsh(host, 'destroy', domain)}.`;
	return refuse('wrong-state', `The domain is ${domain.state}; it must be running, paused or shut off.`, next);
}

/** For methods that need images no process has open. */
export function wantShutOff(facts: Facts): Refusal | null {
	const refusal = createStateRefusal(facts);
	if (refusal || !isActive(facts.domain)) return refusal;
	const {domain, host} = facts;
	return refuse(
		'wrong-state',
		`The domain is ${domain.state}: QEMU uses its images.`,
		remedy`Shut it down first ${byVirsh(host, 'shutdown', domain)}.`,
	);
}

/** For methods that need an active domain. */
export function wantActive(facts: Facts): Refusal | null {
	const refusal = createStateRefusal(facts);
	if (refusal || isActive(facts.domain)) return refusal;
	const {domain, host} = facts;
	return refuse(
		'wrong-state',
		`The domain is ${domain.state}.`,
		remedy`Start it first ${byVirsh(host, 'start', domain)}.`,
	);
}

/** Memory was requested, and there is none. */
export function memoryWanted({domain, host}: Facts, intent: CreateIntent): Refusal | null {
	if (intent.scope !== 'memory') return null;
	return refuse(
		'wrong-state',
		`The domain is ${domain.state}: it has no memory to save.`,
		remedy`Omit ${option('--memory')}, or start it first ${byVirsh(host, 'start', domain)}.`,
	);
}

/** Disks only was requested, of a method that always saves memory. */
export function diskOnlyMismatch(intent: CreateIntent): Refusal | null {
	if (intent.scope === 'disk-only')
		return mismatch('This method always includes the memory of a running domain.', 'Use external-live for disks only.');
	if (intent.quiesce)
		return mismatch(
			'File systems are frozen only for a snapshot without memory.',
			remedy`Omit ${option('--quiesce')}, or use external-live.`,
		);
	return null;
}

/** Memory was requested, of a method that saves disks only. */
export function memoryMismatch(intent: CreateIntent): Refusal | null {
	return intent.scope === 'memory'
		? mismatch('external-live does not save memory.', 'Use external-full or libvirt-internal.')
		: null;
}

/** Frozen file systems were requested, and nothing runs. */
export function quiesceMismatch({domain}: Facts, intent: CreateIntent): Refusal | null {
	return intent.quiesce
		? mismatch(
				`The domain is ${domain.state}: there are no file systems to freeze.`,
				remedy`Omit ${option('--quiesce')}.`,
			)
		: null;
}

/** The requested options contradict each other. */
function mismatch(reason: string, next: Remedy): Refusal {
	return refuse('method-mismatch', reason, next);
}

/** QEMU's migration code saves memory, into a file of its own or into an image; some devices cannot be saved (trackers: VFIO, vDPA, virtiofs). */
export function memoryRefusal(facts: Facts, into: 'memory' | 'images'): Refusal | null {
	const reason = unsavableReason(facts);
	if (reason === null) return heldRefusal(facts, into);
	return refuse(
		'unsavable-device',
		reason,
		remedy`${unmountOr(facts, 'Save')} the disks only (${option('--disk-only')}), or shut the domain down first.${fixedFrequency(facts)}`,
	);
}

/** Frozen file systems were requested, and no guest agent can freeze them now. */
export function agentRefusal({domain, host}: Facts, intent: CreateIntent): Refusal | null {
	if (!intent.quiesce || (domain.agent === 'connected' && domain.state !== 'paused')) return null;
	return refuse(
		'no-agent',
		domain.agent === 'none'
			? 'The domain has no guest agent channel.'
			: domain.state === 'paused'
				? 'The domain is paused, so its guest agent cannot answer.'
				: 'The guest agent does not answer.',
		domain.state === 'paused'
			? remedy`Resume it first ${byVirsh(host, 'resume', domain)}, or omit ${option('--quiesce')}.`
			: remedy`Install and start qemu-guest-agent in the guest, or omit ${option('--quiesce')}.`,
	);
}

/** libvirt makes the tag part of a QEMU job's name, which takes few characters. An empty tag is still to be proposed, and is plain. */
export function jobTagRefusal({host}: Facts, {tag}: CreateIntent): Refusal | null {
	if (!can(host, 'internal-jobs') || isJobTag(tag)) return null;
	return refuse(
		'bad-tag',
		`libvirt ${host.libvirt} accepts only letters A to Z, digits, dot, underscore and dash in the tag of an internal snapshot of an active domain.`,
		'Choose a tag such as before-upgrade, or another method, such as external-full.',
	);
}
