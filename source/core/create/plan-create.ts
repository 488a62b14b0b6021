/** Plans that take a snapshot. */

import {spoiledMemory} from '../memory/saved-memory.ts';
import {can} from '../model/capabilities.ts';
import {isActive, writableDisks} from '../model/domain.ts';
import type {Facts} from '../model/facts.ts';
import type {CreateIntent, MethodId} from '../model/intent.ts';
import type {Outcome} from '../model/plan.ts';
import {firmwareTaken} from '../planning/firmware-state.ts';
import {type Draft, planOf} from '../planning/plan-of.ts';
import {busyRefusal} from '../planning/refusals/busy.ts';
import {hasScreen} from '../snapshots/contents/picture.ts';
import {stateProblems} from '../snapshots/problems.ts';
import {proposeTag, tagRefusal} from '../snapshots/tag.ts';
import {byDelete} from '../steps/hints.ts';
import {remedy} from '../words/remedy.ts';
import {chosenDisks, leftOutDisks} from './choice/chosen-disks.ts';
import {choiceRefusal, leftOutWarnings} from './choice/refusals.ts';
import {descriptionRefusal} from './description.ts';
import {pickMethod} from './pick-method.ts';
import {spaceOf} from './space.ts';
import {externalFull} from './ways/external-full.ts';
import {externalLive} from './ways/external-live.ts';
import {externalOffline} from './ways/external-offline.ts';
import {libvirtInternal} from './ways/internal-by-libvirt.ts';
import {monitorInternal} from './ways/internal-by-monitor.ts';
import {qemuImgInternal} from './ways/internal-by-qemu-img.ts';

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
	const scope = wanted.memoryFile !== undefined && wanted.scope === undefined ? {scope: 'memory' as const} : {};
	const intent = {...wanted, ...scope, tag: wanted.tag === '' ? proposeTag(facts) : wanted.tag};
	const refusal =
		tagRefusal(facts.domain, intent.tag) ??
		descriptionRefusal(intent.description) ??
		busyRefusal(facts) ??
		choiceRefusal(facts, intent);
	if (refusal) return {refusal};
	const choice = pickMethod(facts, intent);
	if ('refusal' in choice) return choice;
	const draft = ways[choice.method](facts, intent);
	const leftOut = leftOutDisks(facts, choice.method, intent);
	const plan = planOf(facts, {
		verb: 'create',
		tag: intent.tag,
		method: choice.method,
		why: choice.why,
		wayBack: remedy`Delete the snapshot ${intent.tag} ${byDelete(facts.domain, intent.tag)}.`,
		onFailure: 'undo',
		space: spaceOf(facts, choice.method, intent),
		...(leftOut.length === 0 ? {} : {leftOut: leftOut.map(({target}) => target)}),
		...(facts.pictures && isActive(facts.domain) && hasScreen(facts.inactiveXml) ? {picture: true} : {}),
		...draft,
		// Somebody else may have taken one of this tag meanwhile: libvirt and QEMU let both be.
		expect: (draft.expect ?? []).map(one => (one.kind === 'snapshot' ? {...one, alone: true} : one)),
		warnings: [...(draft.warnings ?? []), ...generalWarnings(facts, choice.method, intent)],
	});
	return {plan};
}

function generalWarnings(facts: Facts, method: MethodId, intent: CreateIntent): string[] {
	const everyDisk = isActive(facts.domain) && !method.startsWith('external');
	const left = leftOutDisks(facts, method, intent);
	const memory = isActive(facts.domain) && (method === 'external-full' || everyDisk);
	return [
		...stateProblems(facts.domain),
		...transientWarning(facts),
		...leftOutWarnings(left, chosenDisks(facts, intent), memory),
		...(everyDisk ? remainsWarning(facts) : []),
		...firmwareTaken(facts.domain, memory),
		...spoiledMemory(facts),
	];
}

/** libvirt keeps records only of domains that it has a definition of. */
function transientWarning({domain}: Facts): string[] {
	if (domain.persistent) return [];
	return [
		'The domain is transient: when it stops, libvirt forgets it and the record of this snapshot; the files stay.',
	];
}

/** Said of what a failure would leave, where QEMU does not take it back itself. */
function remainsWarning({domain, host}: Facts): string[] {
	if (writableDisks(domain).length < 2 || can(host, 'savevm-takes-back')) return [];
	return [`If it fails on one disk, QEMU ${host.qemu} leaves it in the disks before: delete it then.`];
}
