/**
 * Plans for clones: a domain like this one, on overlays of its disks or on copies of them, as they are or as a snapshot has them. It is
 * defined from XML of the domain rather than made by `virt-install --import`: that keeps all the hardware, and needs one program less.
 */

import {withIdentity} from '../domain-xml/identity.ts';
import {withSources} from '../domain-xml/sources.ts';
import type {Facts} from '../model/facts.ts';
import type {CloneIntent} from '../model/intent.ts';
import type {Expectation, Outcome, Plan} from '../model/plan.ts';
import {type Refusal, refuse} from '../model/refusal.ts';
import type {Remedy} from '../model/remedy.ts';
import type {Snapshot} from '../model/snapshot.ts';
import type {Step} from '../model/step.ts';
import {noPause} from '../planning/pause.ts';
import {planOf} from '../planning/plan-of.ts';
import {newFileRefusal, spaceRefusal} from '../planning/refusals/new-files.ts';
import {meantSnapshot} from '../snapshots/tag.ts';
import {byVirsnap} from '../steps/hints.ts';
import {step} from '../steps/step.ts';
import {remedy} from '../words/remedy.ts';
import {t} from '../words/text.ts';
import {definitionOf} from './definition.ts';
import {type Clone, copyStep, diskSteps, newDisks, nvramFor, spaceFor} from './files.ts';
import {randomMac, randomUuid} from './identity.ts';
import {type Origin, presentOrigins, snapshotOrigins} from './origins.ts';
import {baseRefusal, diskRefusal, domainNameRefusal} from './refusals/base.ts';
import {contentRefusal, insideRefusal, snapshotRefusal} from './refusals/snapshot.ts';
import {cloneWarnings, cloneWords} from './words.ts';

/** The plan that makes a new domain like this one. */
export function clonePlan(facts: Facts, intent: CloneIntent): Outcome {
	const named = domainNameRefusal(facts, intent.name);
	if (named) return {refusal: named};
	const origins = intent.tag === undefined ? presentDisks(facts, intent) : snapshotDisks(facts, intent, intent.tag);
	if ('refusal' in origins) return origins;
	const {snapshot} = origins;
	const disks = newDisks(origins.origins, intent);
	const definition = definitionOf(
		facts,
		snapshot,
		disks.map(({origin}) => origin.target),
	);
	if ('refusal' in definition) return definition;
	const nvram = nvramFor(facts, intent.name, definition.xml);
	const clone = {intent, snapshot, disks, ...definition, nvram};
	const obstacle = roomRefusal(facts, clone);
	return obstacle === null ? {plan: planFor(facts, clone)} : {refusal: obstacle};
}

type Origins = {readonly origins: readonly Origin[]; readonly snapshot: Snapshot | null};

function presentDisks(facts: Facts, intent: CloneIntent): Origins | {readonly refusal: Refusal} {
	const refusal = idRefusal(facts, intent) ?? baseRefusal(facts, intent) ?? diskRefusal(facts);
	return refusal ? {refusal} : {origins: presentOrigins(facts), snapshot: null};
}

function idRefusal({domain}: Facts, {id, name}: CloneIntent): Refusal | null {
	if (id === undefined) return null;
	const command = byVirsnap(['clone', `${domain.uuid}@TAG`, name], null, [`--id=${id}`]);
	return refuse(
		'not-found',
		'--id chooses a snapshot, but no snapshot is named.',
		remedy`Name it by its tag ${command}.`,
	);
}

function snapshotDisks(facts: Facts, intent: CloneIntent, tag: string): Origins | {readonly refusal: Refusal} {
	const snapshot = meantSnapshot(facts.domain, {...intent, tag});
	if ('refusal' in snapshot) return snapshot;
	const unable = snapshotRefusal(facts, snapshot);
	if (unable) return {refusal: unable};
	const origins = snapshotOrigins(facts, snapshot);
	if ('refusal' in origins) return origins;
	const refusal =
		origins.map(origin => contentRefusal(facts, snapshot, origin)).find(found => found !== null) ??
		(intent.full ? null : insideRefusal(snapshot, origins));
	return refusal ? {refusal} : {origins, snapshot};
}

/** The dialog of a clone has no row for its folder, so the whole command is said. */
function inOtherFolder({domain}: Facts, {name, tag, id, full}: CloneIntent): Remedy {
	const word = domain.name.includes('@') ? domain.uuid : domain.name;
	const from = tag === undefined ? word : `${word}@${tag}`;
	const command = byVirsnap(['clone', from, name], null, [
		...(id === undefined ? [] : [`--id=${id}`]),
		...(full ? ['--full'] : []),
		'--dir',
		'DIR',
	]);
	return remedy`another folder ${command}`;
}

function roomRefusal(facts: Facts, {intent, disks, nvram}: Clone): Refusal | null {
	const elsewhere = inOtherFolder(facts, intent);
	const files = [...disks.map(({file}) => file), ...(nvram ? [nvram.to] : [])];
	const what = intent.full ? 'the copies' : 'the new overlays';
	const refusals = spaceFor(facts, disks, intent.full === true).map(({where, neededBytes}) =>
		spaceRefusal(facts, where, neededBytes, what, elsewhere),
	);
	return newFileRefusal(facts, files, {after: 'name', elsewhere}) ?? refusals.find(found => found !== null) ?? null;
}

function planFor(facts: Facts, clone: Clone): Plan {
	const {domain} = facts;
	const {intent, snapshot, disks, nvram} = clone;
	const full = intent.full === true;
	const settled = snapshot === null || snapshot.state === 'shutoff';
	const define = defineStep(facts, clone);
	return planOf(facts, {
		verb: 'clone',
		tag: snapshot?.tag ?? null,
		method: full ? 'full-clone' : 'linked-clone',
		why: cloneWords(clone),
		consistency: settled ? 'shut off' : 'crash-consistent',
		pause: noPause(domain),
		steps: [
			...disks.flatMap(disk => diskSteps(facts, disk, full, snapshot !== null)),
			...(nvram?.copy ? [copyStep(facts, nvram)] : []),
			define,
		],
		warnings: cloneWarnings(facts, clone),
		wayBack: t`Removes ${intent.name} and its files.`,
		onFailure: 'undo',
		expect: expected(clone, define),
		...(full ? {space: spaceFor(facts, disks, full)} : {}),
	});
}

function defineStep(facts: Facts, {intent: {name}, disks, xml, nvram}: Clone): Step {
	const identity = {name, uuid: randomUuid(facts.random), mac: randomMac(facts.random), nvram: nvram?.to ?? null};
	const sources = new Map(disks.map(({origin, file}) => [origin.target, {file, format: 'qcow2'}]));
	return step(
		{kind: 'define-new', on: {uri: facts.host.uri, uuid: identity.uuid}, name},
		{
			title: t`Define ${name}`,
			input: withIdentity(withSources(xml, sources), identity),
			changes: [{sign: '+', what: t`domain ${name}, with its own UUID and MAC addresses`}],
		},
	);
}

/** The base of present disks stays off; a domain whose snapshot was cloned does what it likes. */
function expected({intent: {name}, snapshot, disks, nvram}: Clone, {does}: Step): Expectation[] {
	const files = [...disks.map(({file}) => file), ...(nvram?.copy ? [nvram.to] : [])];
	return [
		{kind: 'domain', name, ...(does.kind === 'define-new' ? {uuid: does.on.uuid} : {})},
		...(snapshot === null ? [{kind: 'state', state: 'shut off'} as const] : []),
		...files.map(file => ({kind: 'file', file, present: true}) as const),
	];
}
