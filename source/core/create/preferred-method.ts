/** By which method a snapshot is taken where none was asked for. */

import {type Facts, isActive} from '../model/domain.ts';
import type {CreateIntent} from '../model/intent.ts';
import type {MethodId} from '../model/method.ts';
import type {Refusal} from '../model/refusal.ts';
import {type Method, methodById} from './methods.ts';

/** The method to use where none was asked for, with the reason; or the refusal of the first choice where none can be used. */
export function preferredMethod(
	facts: Facts,
	intent: CreateIntent,
): {method: Method; why: string} | {refusal: Refusal} {
	let passedOver: PassedOver | null = null;
	for (const method of preference(facts, intent).map(methodById)) {
		const refusal = method.refuse(facts, intent);
		if (!refusal) return {method, why: reasonSentence(facts, method, passedOver)};
		passedOver ??= {method, refusal};
	}
	return {refusal: passedOver!.refusal};
}

/** The first choice, which cannot be used. */
type PassedOver = {readonly method: Method; readonly refusal: Refusal};

/**
 * Memory and disks belong together in one image while the domain runs; shut off, an overlay leaves the file that is there untouched,
 * whatever happens while it is taken. The kinds do not mix well (an internal snapshot below an overlay can be reached no more, and
 * deleting an overlay takes the internal ones in it along), so a domain stays with the kind it has.
 */
function preference(facts: Facts, intent: CreateIntent): MethodId[] {
	const present = kindsPresent(facts);
	if (!isActive(facts.domain)) {
		if (intent.dir !== undefined) return ['external-offline'];
		return present.internal
			? ['libvirt-internal', 'external-offline', 'qemu-img']
			: ['external-offline', 'libvirt-internal', 'qemu-img'];
	}
	if (intent.scope === 'disk-only' || intent.quiesce) return ['external-live'];
	if (intent.dir !== undefined)
		return intent.scope === 'memory' ? ['external-full'] : ['external-full', 'external-live'];
	const checkpoints: MethodId[] =
		present.external && !present.internal
			? ['external-full', 'libvirt-internal']
			: ['libvirt-internal', 'external-full'];
	return [...checkpoints, intent.scope === 'memory' ? 'monitor' : 'external-live'];
}

/** Kinds of the snapshots that the disks really hold. */
function kindsPresent({domain}: Facts): {internal: boolean; external: boolean} {
	const held = domain.snapshots.filter(({health}) => health !== 'orphaned' && health !== 'missing-files');
	return {
		internal: held.some(({kind}) => kind === 'internal'),
		external: held.some(({kind}) => kind === 'external'),
	};
}

function reasonSentence(facts: Facts, method: Method, passedOver: PassedOver | null): string {
	const sentences = [`${capital(facts.domain.state)}; ${method.because}.`];
	const {internal, external} = kindsPresent(facts);
	if (passedOver) sentences.push(`Not ${passedOver.method.id}: ${passedOver.refusal.reason}`);
	else if (internal !== external) sentences.push(`Its other snapshots are ${internal ? 'internal' : 'external'} too.`);
	return sentences.join(' ');
}

function capital(text: string): string {
	return text.charAt(0).toUpperCase() + text.slice(1);
}
