/** What plans that revert are made of, whatever the kind of snapshot. */

import {liveOnlyDisks} from '../domain-xml/live-only.ts';
import {snapshotSources} from '../domain-xml/sources.ts';
import {can} from '../model/capabilities.ts';
import {activeFile, filesOf} from '../model/disk.ts';
import {type Domain, type DomainState, isActive} from '../model/domain.ts';
import type {Facts} from '../model/facts.ts';
import {sameFile} from '../model/files.ts';
import type {RevertIntent} from '../model/intent.ts';
import type {Expectation, Plan} from '../model/plan.ts';
import type {Snapshot, SnapshotDisk} from '../model/snapshot.ts';
import type {Change, Step} from '../model/step.ts';
import type {Draft} from '../planning/plan-of.ts';
import {sizeWords} from '../snapshots/contents/sizes.ts';
import {addressOf} from '../steps/on-domain.ts';
import {step} from '../steps/step.ts';
import {enumerate, formatDate, plural, t} from '../words/text.ts';

/** What differs from kind to kind of snapshot. `wayBack` is set where the plan itself can be undone, so that it needs no safety snapshot. */
export type RevertDraft = Pick<Plan, 'method' | 'why' | 'steps' | 'losses' | 'warnings' | 'expect'> & Draft;

/** libvirt's own revert, with what it changes beside the disks. */
export function revertStep(facts: Facts, snapshot: Snapshot, intent: RevertIntent, changes: readonly Change[]): Step {
	const afterwards = intent.afterwards ?? null;
	const after = afterwards ?? stateAfter(snapshot);
	const keepsQemu = isActive(facts.domain) && !can(facts.host, 'revert-starts-anew');
	const force = keepsQemu ? {force: true as const} : {};
	return step(
		{kind: 'revert-snapshot', on: addressOf(facts), tag: snapshot.tag, afterwards, ...force},
		{
			title: t`Revert to ${snapshot.tag}`,
			changes: [...changes, ...memoryChange(snapshot), {sign: '~', what: `the domain is ${after} afterwards`}],
		},
	);
}

/** libvirt is told where the domain is now, where the steps before were not libvirt's own revert. */
export function currentStep(facts: Facts, {tag}: Snapshot): Step {
	const before = facts.domain.snapshots.find(candidate => candidate.current)?.tag ?? null;
	return step(
		{kind: 'current-snapshot', on: addressOf(facts), tag, before},
		{title: t`Make ${tag} the current snapshot`},
	);
}

/** How long the domain stands still, in words. */
export function revertPause({domain}: Facts): string {
	return isActive(domain) ? 'it stops and resumes as it was then' : 'none: it is shut off';
}

/** The step that brings the domain from the state it is in to the one wanted; none where it is there already. */
export function powerStep(facts: Facts, wanted: RevertIntent['afterwards']): Step[] {
	const {domain} = facts;
	const state = domain.state === 'idle' ? 'running' : domain.state;
	if (wanted === undefined || wanted === state) return [];
	const verb = isActive(domain) ? (wanted === 'running' ? 'resume' : 'suspend') : 'start';
	const paused = verb === 'start' && wanted === 'paused';
	const title = {resume: 'Resume', suspend: 'Pause', start: paused ? 'Start paused' : 'Start'}[verb];
	return [
		step(
			{kind: 'power', on: addressOf(facts), verb, paused},
			{
				title: t`${title} ${domain.name}`,
				changes: [{sign: '~', what: `the domain is ${wanted}`}],
				stays: true,
			},
		),
	];
}

/** Where libvirt leaves the domain without being told: as the snapshot was taken, and off where it holds no memory. */
export function stateAfter(snapshot: Snapshot): DomainState {
	if (snapshot.kind === 'external' && snapshot.memoryFile === null) return 'shut off';
	return snapshot.state === 'running' ? 'running' : snapshot.state === 'paused' ? 'paused' : 'shut off';
}

/** What a revert does to one disk. */
export function diskChange(part: SnapshotDisk): Change {
	return {sign: '~', what: t`contents of ${part.file ?? part.target} (${part.target})`};
}

/** What a revert does to each disk of the snapshot. */
export function diskChanges(snapshot: Snapshot): Change[] {
	return snapshot.disks.map(diskChange);
}

/** That memory is loaded; empty where the snapshot holds none. */
export function memoryChange(snapshot: Snapshot): Change[] {
	const held = snapshot.memoryFile !== null || (snapshot.vmSizeBytes ?? 0) > 0;
	return held ? [{sign: '~', what: 'memory and devices, as they were then'}] : [];
}

/** What nothing brings back after a revert without a safety snapshot. */
export function lossesOf(facts: Facts, snapshot: Snapshot): string[] {
	const targets = enumerate(snapshot.disks.map(part => part.target));
	const discarded = sizeWords(facts, snapshot, 'sinceBytes');
	const figure = discarded === null ? '' : ` (${discarded})`;
	return [`Everything written to ${targets} since ${formatDate(snapshot.createdAt)}${figure}.`, ...memoryLoss(facts)];
}

function memoryLoss({domain}: Facts): string[] {
	return isActive(domain) ? ['The present memory of the domain: everything that is running in it.'] : [];
}

/** libvirt takes the whole definition of that time back: disks added since leave the domain, those attached live only come and go again. */
export function hardwareWarnings(facts: Facts, snapshot: Snapshot): string[] {
	const xml = facts.snapshotXml[snapshot.tag] ?? '';
	const recorded = new Set(snapshotSources(xml).map(disk => disk.target));
	const added = recorded.size === 0 ? [] : facts.domain.disks.filter(disk => !recorded.has(disk.target));
	const general = 'The definition of the domain reverts to that time as well.';
	const gone = enumerate(added.map(disk => disk.target));
	const live = stateAfter(snapshot) === 'shut off' ? [] : liveOnlyDisks(xml);
	return [
		added.length === 0 ? general : `${general} Added since then, so removed: ${gone} (the files stay).`,
		...(live.length === 0
			? []
			: [`Attached to the running domain only, so back until it is shut off: ${enumerate(live)}.`]),
	];
}

/** What becomes of disks that the snapshot does not hold, as far as the domain has them still. */
export function notHeldWarnings({domain}: Pick<Facts, 'domain'>, snapshot: Snapshot): string[] {
	const targets = leftOutNow(domain, snapshot);
	if (targets.length === 0) return [];
	const names = enumerate(targets);
	const held = enumerate(snapshot.disks.map(part => part.target));
	const memory =
		memoryChange(snapshot).length === 0
			? ''
			: ` The memory knows what ${names} held then: resumed with other contents it destroys file systems there.`;
	return [
		`Not in the snapshot: ${names}. What ${plural(targets.length, 'it holds', 'they hold')} stays as it is now, while ${held} ${plural(snapshot.disks.length, 'goes', 'go')} back.${memory}`,
	];
}

/** Disks that have got images which no snapshot knows, such as another disk under the same target: it loses its place to the one of then. */
export function exchangedWarnings(facts: Facts, snapshot: Snapshot): string[] {
	const {disks, snapshots} = facts.domain;
	const known = snapshots.flatMap(one => one.disks).flatMap(({file, source}) => [file, source]);
	const isKnown = (file: string) => known.some(one => sameFile(facts, one, file));
	return snapshot.disks.flatMap(({kind, target}) => {
		const disk = disks.find(one => one.target === target);
		if (kind !== 'external' || !disk || filesOf(disk).some(isKnown)) return [];
		return [
			t`${target} runs on ${activeFile(disk)} now, which no snapshot knows: it leaves the definition and stays on disk.`,
		];
	});
}

/** Targets of the disks that it does not hold, of those that the domain has. */
export function leftOutNow({disks}: Pick<Domain, 'disks'>, {leftOut}: Pick<Snapshot, 'leftOut'>): string[] {
	return leftOut.map(({target}) => target).filter(target => disks.some(disk => disk.target === target));
}

/** Said where a revert would surprise by stopping the domain. */
export function stopWarning({domain}: Facts, after: DomainState): string[] {
	return isActive(domain) && after === 'shut off'
		? ['The domain is shut off afterwards, as it was taken without memory: --running starts it.']
		: [];
}

/** A revert leaves the snapshot as it is. */
export function stays(snapshot: Snapshot): Expectation {
	return {kind: 'snapshot', tag: snapshot.tag, health: [snapshot.health]};
}
