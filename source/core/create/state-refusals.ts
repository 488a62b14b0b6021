/** Why a method of taking a snapshot cannot be used: the state of the domain, its devices, and what was asked for. */

import {can} from '../model/capabilities.ts';
import {type Facts, isActive} from '../model/domain.ts';
import type {CreateIntent} from '../model/intent.ts';
import type {Refusal} from '../model/refusal.ts';
import {heldRefusal} from '../refusals/held.ts';
import {isJobTag} from '../snapshots/tag.ts';
import {hint} from '../steps/hints.ts';
import {enumerate, printable, t} from '../words/text.ts';

/** No snapshot is taken over a managed save, nor of a domain between two states. */
export function stateRefusal({domain, host}: Facts): Refusal | null {
	if (domain.managedSave || domain.state === 'saved') {
		return {
			code: 'saved-memory',
			reason: 'Its memory is saved (managed save) and belongs to the disks as they are now.',
			remedy: `Start it first (${hint(host, 'start', domain)}), or drop the saved memory: ${hint(host, 'managedsave-remove', domain)}.`,
		};
	}
	if (['running', 'idle', 'paused', 'shut off'].includes(domain.state)) return null;
	const remedy =
		domain.state === 'pmsuspended'
			? hint(host, 'dompmwakeup', domain)
			: `Wait, or force it off: ${hint(host, 'destroy', domain)}.`;
	return {
		code: 'wrong-state',
		reason: `The domain is ${domain.state}; a snapshot wants it running, paused or shut off.`,
		remedy,
	};
}

/** For methods that work on images which nobody has open. */
export function wantShutOff(facts: Facts): Refusal | null {
	const refusal = stateRefusal(facts);
	if (refusal || !isActive(facts.domain)) return refusal;
	const {domain, host} = facts;
	return {
		code: 'wrong-state',
		reason: `The domain is ${domain.state}, and its images are in use by QEMU.`,
		remedy: `Shut it down first: ${hint(host, 'shutdown', domain)}.`,
	};
}

/** For methods that take what runs. */
export function wantActive(facts: Facts): Refusal | null {
	const refusal = stateRefusal(facts);
	if (refusal || isActive(facts.domain)) return refusal;
	const {domain, host} = facts;
	return {
		code: 'wrong-state',
		reason: `The domain is ${domain.state}.`,
		remedy: `Start it first: ${hint(host, 'start', domain)}.`,
	};
}

/** Memory was asked for, and there is none. */
export function memoryWanted({domain, host}: Facts, intent: CreateIntent): Refusal | null {
	if (intent.scope !== 'memory') return null;
	return {
		code: 'wrong-state',
		reason: `The domain is ${domain.state}, so there is no memory to take.`,
		remedy: `Leave --memory out, or start it first: ${hint(host, 'start', domain)}.`,
	};
}

/** Disks only was asked for, of a method that takes memory along. */
export function diskOnlyMismatch(intent: CreateIntent): Refusal | null {
	if (intent.scope === 'disk-only')
		return mismatch(
			'This method always takes the memory of a running domain along.',
			'Use external-live for disks only.',
		);
	if (intent.quiesce)
		return mismatch(
			'Freezing file systems makes sense without memory only.',
			'Leave --quiesce out, or use external-live.',
		);
	return null;
}

/** Memory was asked for, of a method that takes disks only. */
export function memoryMismatch(intent: CreateIntent): Refusal | null {
	return intent.scope === 'memory'
		? mismatch('external-live takes no memory.', 'Use external-full or libvirt-internal.')
		: null;
}

/** Frozen file systems were asked for, and nothing runs. */
export function quiesceMismatch({domain}: Facts, intent: CreateIntent): Refusal | null {
	return intent.quiesce
		? mismatch(`The domain is ${domain.state}: there are no file systems to freeze.`, 'Leave --quiesce out.')
		: null;
}

/** What was asked for does not go together. */
function mismatch(reason: string, remedy: string): Refusal {
	return {code: 'method-mismatch', reason, remedy};
}

/** QEMU's migration code saves memory, into a file of its own or into an image; some devices cannot be saved (trackers: VFIO, vDPA, virtiofs). */
export function memoryRefusal(facts: Facts, into: 'memory' | 'images'): Refusal | null {
	const {domain} = facts;
	if (domain.unsavable.length === 0) return heldRefusal(facts, into);
	return {
		code: 'unsavable-device',
		reason: t`QEMU cannot save the state of ${enumerate(domain.unsavable.map(printable))}.`,
		remedy: 'Take the disks only (--disk-only), or shut the domain down first.',
	};
}

/** Frozen file systems were asked for, and no guest agent can freeze them now. */
export function agentRefusal({domain, host}: Facts, intent: CreateIntent): Refusal | null {
	if (!intent.quiesce || (domain.agent === 'connected' && domain.state !== 'paused')) return null;
	return {
		code: 'no-agent',
		reason:
			domain.agent === 'none'
				? 'The domain has no guest agent channel.'
				: domain.state === 'paused'
					? 'The domain is paused, so its guest agent cannot answer.'
					: 'The guest agent does not answer.',
		remedy:
			domain.state === 'paused'
				? `Resume it first (${hint(host, 'resume', domain)}), or leave --quiesce out.`
				: 'Install and start qemu-guest-agent in the guest, or leave --quiesce out.',
	};
}

/** libvirt makes the tag part of a QEMU job's name, which takes few characters. An empty tag is still to be proposed, and is plain. */
export function jobTagRefusal({host}: Facts, {tag}: CreateIntent): Refusal | null {
	if (!can(host, 'internal-jobs') || isJobTag(tag)) return null;
	return {
		code: 'bad-tag',
		reason: `libvirt ${host.libvirt} takes letters A to Z, digits, dot, underscore and dash only in the tag of an internal snapshot of an active domain.`,
		remedy: 'Choose a tag such as before-upgrade, or another method: --method external-full.',
	};
}
