/** By which method a snapshot is taken: the one asked for, or the one that fits best. */

import type {Facts} from '../model/facts.ts';
import type {CreateIntent, MethodId} from '../model/intent.ts';
import {type Refusal, refuse} from '../model/refusal.ts';
import {option, remedy} from '../words/remedy.ts';
import {ofHeldDisks} from './choice/chosen-disks.ts';
import {choiceMismatch} from './choice/refusals.ts';
import {methodById} from './methods.ts';
import {preferredMethod} from './preferred-method.ts';

/** The method with the reason for it, a sentence; refused where it cannot be used, or cannot do what was requested. */
export function pickMethod(facts: Facts, intent: CreateIntent): {method: MethodId; why: string} | {refusal: Refusal} {
	if (intent.method === undefined) {
		const choice = preferredMethod(facts, intent);
		return 'refusal' in choice ? choice : {method: choice.method.id, why: choice.why};
	}
	const method = methodById(intent.method);
	const refusal =
		choiceMismatch(facts, method.id, intent) ?? method.refuse(facts, intent) ?? describeMismatch(method.id, intent);
	return refusal
		? {refusal}
		: {method: method.id, why: `Requested; ${ofHeldDisks(facts, method.id, intent, method.because)}.`};
}

function describeMismatch(method: MethodId, intent: CreateIntent): Refusal | null {
	if (!intent.description || (method !== 'qemu-img' && method !== 'monitor')) return null;
	return refuse(
		'method-mismatch',
		`${method} cannot store a description.`,
		remedy`Omit ${option('--description')}, or use libvirt-internal.`,
	);
}
