/** Plans that take a snapshot. */

import {type Facts, isActive, writableDisks} from '../model/domain.ts';
import type {CreateIntent} from '../model/intent.ts';
import type {MethodId} from '../model/method.ts';
import type {Outcome} from '../model/plan.ts';
import type {Refusal} from '../model/refusal.ts';
import {basisOf} from '../planning/basis.ts';
import {busyRefusal} from '../refusals/busy.ts';
import {proposeTag, tagRefusal} from '../snapshots/tag.ts';
import {printable, t} from '../words/text.ts';
import {externalFull} from './external-full.ts';
import {externalLive} from './external-live.ts';
import {externalOffline} from './external-offline.ts';
import {libvirtInternal} from './internal-by-libvirt.ts';
import {monitorInternal} from './internal-by-monitor.ts';
import {qemuImgInternal} from './internal-by-qemu-img.ts';
import {type Draft, targets} from './parts.ts';
import {pickMethod} from './pick-method.ts';
import {spaceOf} from './space.ts';

/** The way of each method. */
const ways: Readonly<Record<MethodId, (facts: Facts, intent: CreateIntent) => Draft>> = {
	'libvirt-internal': libvirtInternal,
	'qemu-img': qemuImgInternal,
	monitor: monitorInternal,
	'external-offline': externalOffline,
	'external-live': externalLive,
	'external-full': externalFull,
};

/** The plan that creates a snapshot, by the method asked for or the one that fits best. */
export function createPlan(facts: Facts, wanted: CreateIntent): Outcome {
	const intent = {...wanted, tag: wanted.tag === '' ? proposeTag(facts) : wanted.tag};
	const refusal = tagRefusal(facts.domain, intent.tag) ?? descriptionRefusal(intent) ?? busyRefusal(facts);
	if (refusal) return {refusal};
	const choice = pickMethod(facts, intent);
	if ('refusal' in choice) return choice;
	const draft = ways[choice.method](facts, intent);
	return {
		plan: {
			verb: 'create',
			domain: {uuid: facts.domain.uuid, name: facts.domain.name},
			tag: intent.tag,
			method: choice.method,
			why: choice.why,
			losses: [],
			wayBack: t`Delete the snapshot ${intent.tag}.`,
			onFailure: 'undo',
			confirm: null,
			basis: basisOf(facts),
			space: spaceOf(facts, choice.method, intent),
			...draft,
			warnings: [...(draft.warnings ?? []), ...generalWarnings(facts, choice.method, intent)],
		},
	};
}

function descriptionRefusal({description}: CreateIntent): Refusal | null {
	const lines = description?.replaceAll('\n', ' ').replaceAll('\t', ' ') ?? '';
	if (printable(lines) === lines) return null;
	return {code: 'bad-tag', reason: 'The description holds control or invisible characters.', remedy: 'Leave them out.'};
}

function generalWarnings(facts: Facts, method: MethodId, intent: CreateIntent): string[] {
	const left = writableDisks(facts.domain).filter(disk => disk.snapshotPolicy === 'no');
	const everyDisk = isActive(facts.domain) && !method.startsWith('external');
	const kept = left.length > 0 && !everyDisk ? [`Not included, since the domain XML says so: ${targets(left)}.`] : [];
	const tpm =
		facts.domain.tpm && intent.scope !== 'memory' && method !== 'external-full'
			? ['The state of the TPM is not part of it.']
			: [];
	return [...kept, ...tpm];
}
