/** By which method a snapshot is taken where none was asked for. */

import {isActive} from '../model/domain.ts';
import type {Facts} from '../model/facts.ts';
import type {CreateIntent, MethodId} from '../model/intent.ts';
import type {Refusal} from '../model/refusal.ts';
import {leavesOut, ofHeldDisks} from './choice/chosen-disks.ts';
import {allOrNoneRefusal, internalFirmwareRefusal, internalRefusal} from './disk-refusals.ts';
import {type Method, methodById} from './methods.ts';
import {memoryRefusal} from './state-refusals.ts';

/** The method to use where none was asked for, with the reason; or the refusal of the first choice where none can be used. */
export function preferredMethod(
	facts: Facts,
	intent: CreateIntent,
): {method: Method; why: string} | {refusal: Refusal} {
	const kind = kindOf(facts, intent);
	let passedOver: PassedOver | null = null;
	for (const method of preference(facts, intent, kind.kind).map(methodById)) {
		const refusal = method.refuse(facts, intent);
		if (!refusal) return {method, why: reasonSentence(facts, method, intent, {...kind, passedOver})};
		passedOver ??= {method, refusal};
	}
	return {refusal: passedOver!.refusal};
}

/** The first choice, which cannot be used. */
type PassedOver = {readonly method: Method; readonly refusal: Refusal};

/** `because`: a sentence; empty where there is no more to say. */
type Kind = {readonly kind: 'internal' | 'external'; readonly because: string};

/**
 * One kind for a domain, whatever its state. The kinds do not mix well: an internal snapshot below an overlay can be reached no more,
 * deleting an overlay takes the internal ones in it along, and a path that changes breaks backup jobs.
 */
function kindOf(facts: Facts, intent: CreateIntent): Kind {
	const {prefer} = intent;
	if (leavesOut(facts, intent))
		return {kind: 'external', because: 'Not internal: a snapshot inside the images holds all writable disks.'};
	if (prefer !== undefined) return {kind: prefer, because: `Preferred: ${prefer}.`};
	const present = kindsPresent(facts);
	if (present.internal !== present.external) {
		const kind = present.internal ? 'internal' : 'external';
		return {kind, because: `Its other snapshots are ${kind} too.`};
	}
	for (const state of ['running', 'shut off'] as const) {
		const refusal = insideRefusal({...facts, held: null, blocked: null, domain: {...facts.domain, state}});
		if (refusal)
			return {kind: 'external', because: `Not internal, as it must work while ${state} too: ${refusal.reason}`};
	}
	return {kind: 'internal', because: 'Internal snapshots of it work while running and while shut off.'};
}

/** What stands in the way of internal snapshots in this state for good: disks, firmware, devices; not room, nor the tag. */
function insideRefusal(facts: Facts): Refusal | null {
	return (
		internalRefusal(facts) ??
		internalFirmwareRefusal(facts) ??
		(isActive(facts.domain) ? memoryRefusal(facts, 'images') : allOrNoneRefusal(facts))
	);
}

function preference(facts: Facts, intent: CreateIntent, kind: Kind['kind']): MethodId[] {
	const newFiles = makesNewFiles(facts, intent);
	if (!isActive(facts.domain)) {
		if (newFiles) return ['external-offline'];
		return kind === 'internal'
			? ['libvirt-internal', 'external-offline', 'qemu-img']
			: ['external-offline', 'libvirt-internal', 'qemu-img'];
	}
	if (intent.scope === 'disk-only' || intent.quiesce) return ['external-live'];
	const withMemory = intent.scope === 'memory';
	if (newFiles) return withMemory ? ['external-full'] : ['external-full', 'external-live'];
	if (kind === 'internal') return ['libvirt-internal', 'external-full', withMemory ? 'monitor' : 'external-live'];
	return withMemory
		? ['external-full', 'libvirt-internal', 'monitor']
		: ['external-full', 'external-live', 'libvirt-internal'];
}

/** What was requested can only be had in new files. */
function makesNewFiles(facts: Facts, intent: CreateIntent): boolean {
	const {dir, overlays = [], memoryFile} = intent;
	return dir !== undefined || overlays.length > 0 || memoryFile !== undefined || leavesOut(facts, intent);
}

/** Kinds of the snapshots that the disks really hold. */
function kindsPresent({domain}: Facts): {internal: boolean; external: boolean} {
	const held = domain.snapshots.filter(({health}) => health !== 'orphaned' && health !== 'missing-files');
	return {
		internal: held.some(({kind}) => kind === 'internal'),
		external: held.some(({kind}) => kind === 'external'),
	};
}

function reasonSentence(
	facts: Facts,
	method: Method,
	intent: CreateIntent,
	{kind, because, passedOver}: Kind & {readonly passedOver: PassedOver | null},
): string {
	const sentences = [`${capital(facts.domain.state)}; ${ofHeldDisks(facts, method.id, intent, method.because)}.`];
	if (passedOver) sentences.push(`Not ${passedOver.method.id}: ${passedOver.refusal.reason}`);
	else if (method.id.startsWith('external') === (kind === 'external')) sentences.push(because);
	return sentences.join(' ');
}

function capital(text: string): string {
	return text.charAt(0).toUpperCase() + text.slice(1);
}
