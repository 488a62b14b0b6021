/**
 * What to do about a receipt that was cut off. What of it is really done is concluded from the facts as they are now, held
 * against what the plan stood on and what it promised; never from what was intended. Of the receipt only this is used: a step
 * that is still pending was never begun, since its record is on disk before it is; and one that is done has ended well.
 */
import {define, virshDomain} from './argv.ts';
import {basisOf, changedBasis} from './basis.ts';
import {type Disk, type Domain, type Facts, isActive} from './domain.ts';
import {withSources} from './domain-xml.ts';
import {type Evidence, evidenceOf, fileExists, isInUse, madeFile, runsOn, sourcesOf} from './evidence.ts';
import {makePlan} from './make-plan.ts';
import {type Expectation, type Outcome, type Plan, type Refusal, refuse, type Step} from './plan.ts';
import type {Receipt, ReceiptStatus} from './receipt.ts';
import {withinRights} from './rights.ts';
import {removeStep} from './steps.ts';
import {enumerate, printable, sentence} from './text.ts';
import {finishedSteps, oldOverlaysBack} from './undo.ts';
import {cloneBack} from './undo-clone.ts';
import {unmetExpectations} from './verify.ts';

/** close: nothing is left to do. go-on: what is missing. way-back: as before. leave: close it, and touch nothing. */
export type ChoiceId = 'close' | 'go-on' | 'way-back' | 'leave';

export type Choice =
	/** Only the receipt is closed, with this status and message. */
	| {readonly id: 'close' | 'leave'; readonly label: string; readonly status: ReceiptStatus; readonly message: string}
	/** A plan of its own, to be reviewed like any other. */
	| {readonly id: 'go-on' | 'way-back'; readonly label: string; readonly plan: Plan};

export type Recovery = {
	/** finished: all that was promised is there. untouched: all is as it was before. partly: something between. */
	readonly verdict: 'finished' | 'untouched' | 'partly';
	/** In one sentence, for a person. */
	readonly summary: string;
	/** What differs from before, and what is missing of what was promised, read just now. */
	readonly findings: readonly string[];
	/** The safest first. */
	readonly choices: readonly Choice[];
	/** Why a choice one might expect is not among them. */
	readonly refusals: readonly {readonly id: ChoiceId; readonly refusal: Refusal}[];
};

/** A job that libvirt or QEMU has open: of the whole domain (`target` null), or a block job that waits to be concluded. */
export type OpenJob = {readonly target: string | null; readonly ready: boolean};

/** What is there, and what can be done about it. `jobs` are block jobs that nobody waits for any more. */
export function recoveryOf(receipt: Receipt, facts: Facts, jobs: readonly OpenJob[] = []): Recovery {
	const {plan} = receipt;
	const changed = changedBasis(plan.basis, basisOf(facts));
	const missing = [
		...unmetExpectations(plan.expect, facts.domain, facts),
		// What is in an image that cannot be read is not known to be there, nor to be gone.
		...facts.domain.disks.flatMap(({target, unreadable}) =>
			unreadable ? [`${target} cannot be read: ${sentence(unreadable.reason)} ${unreadable.remedy}`] : [],
		),
	];
	const leftovers = leftoverFiles(plan, facts);
	const evidence = plan.steps.map((step, index) => judged(step, receipt.steps[index]?.status, plan, facts));
	const begun = receipt.steps.some(step => step.status !== 'pending');
	// Of a step that was begun, and of which the facts show nothing, nobody can say that it did nothing.
	const invisible = plan.steps.some((step, index) => {
		const shown = ['done', 'not-done'].includes(evidenceOf(step, plan, facts));
		return !shown && receipt.steps[index]?.status !== 'pending';
	});
	if (jobs.length === 0 && missing.length === 0 && evidence.every(one => one === 'done')) return finished();
	const nothing = plan.steps.every(step => evidenceOf(step, plan, facts) === 'not-done');
	if (jobs.length === 0 && leftovers.length === 0 && !invisible && (changed.length === 0 || nothing))
		return untouched(begun, changed);
	const findings = [
		...changed,
		...missing,
		...leftovers.map(file => `${printable(file)} is there, and nothing uses it.`),
		...jobs.map(({target}) => `A block job on ${target} waits to be concluded.`),
	];
	const outcomes: [ChoiceId & ('go-on' | 'way-back'), string, Outcome][] = [
		['go-on', 'Go on: what is missing', withinRights(facts, goOn(plan, evidence, facts, jobs, leftovers))],
		['way-back', 'Way back: as it was before', withinRights(facts, wayBack(plan, facts, jobs, leftovers))],
	];
	return {
		verdict: 'partly',
		summary: 'It was cut off, and part of it may be done.',
		findings,
		choices: [
			...outcomes.flatMap(([id, label, outcome]) => ('plan' in outcome ? [{id, label, plan: outcome.plan}] : [])),
			leave,
		],
		refusals: outcomes.flatMap(([id, , outcome]) => ('refusal' in outcome ? [{id, refusal: outcome.refusal}] : [])),
	};
}

const leave: Choice = {
	id: 'leave',
	label: 'Leave it as it is: only the receipt is closed',
	status: 'failed',
	message: 'It was cut off, and left as it was found.',
};

function finished(): Recovery {
	const summary = 'It was cut off, but all of it is done.';
	return {
		verdict: 'finished',
		summary,
		findings: [],
		choices: [{id: 'close', label: 'Close the receipt: done', status: 'verified', message: `${summary} Read back.`}],
		refusals: [],
	};
}

/** Nothing of it is there. What else has changed is none of its doing, but worth knowing. */
function untouched(begun: boolean, changed: readonly string[]): Recovery {
	const summary = !begun
		? 'It was cut off before its first step: nothing was touched.'
		: changed.length === 0
			? 'It was cut off, and everything is as it was before.'
			: 'It was cut off, and nothing of it was done; something else has changed since.';
	return {
		verdict: 'untouched',
		summary,
		findings: changed,
		choices: [{id: 'close', label: 'Close the receipt: not done', status: 'undone', message: summary}],
		refusals: [],
	};
}

function judged(step: Step, status: string | undefined, plan: Plan, facts: Facts): Evidence {
	const evidence = evidenceOf(step, plan, facts);
	return evidence === 'repeatable' && status === 'done' ? 'done' : evidence;
}

/** What is missing: the steps behind the last one that is done, or the same wish planned anew. */
function goOn(
	plan: Plan,
	evidence: readonly Evidence[],
	facts: Facts,
	jobs: readonly OpenJob[],
	leftovers: readonly string[],
): Outcome {
	if (jobs.length === 0 && isMoved(plan, facts)) return plannedAnew(plan, facts);
	const last = evidence.lastIndexOf('done');
	const rest = plan.steps.map((step, index) => ({step, evidence: evidence[index]!})).slice(last + 1);
	const concluded = jobs.flatMap(({target}) => (target === null ? [] : [concludeJob(plan, target, facts)]));
	const pivoted = new Set(concluded.flatMap(({argv}) => (argv.includes('--pivot') ? [pathOf(argv)] : [])));
	const remaining = rest.filter(({step}) => !(step.argv.includes('blockcommit') && pivoted.has(pathOf(step.argv))));
	const half = remaining.find(one => one.evidence === 'half');
	if (half && plan.verb === 'delete' && jobs.length === 0)
		return makePlan(facts, {verb: 'delete', tag: plan.tag ?? ''});
	if (half && jobs.length === 0) {
		return refuse(
			'unhealthy',
			`Half of a step is there (${printable(half.step.title)}).`,
			'Take the way back, then begin anew.',
		);
	}

	if (plan.verb === 'create' && leftovers.length > 0) {
		return refuse(
			'file-exists',
			`${enumerate(leftovers.map(printable))} would be in the way.`,
			'Take the way back first.',
		);
	}

	const steps = [...concluded, ...remaining.map(({step}) => step)];
	if (steps.length === 0)
		return refuse('unhealthy', 'Every step is done, but the result is not there.', 'virsnap list');
	return {plan: {...plan, why: 'What was cut off is finished.', steps, onFailure: 'stop', basis: basisOf(facts)}};
}

/** The domain stopped, or was started: the steps were made for another state. */
function isMoved(plan: Plan, {domain}: Facts): boolean {
	const before = plan.basis.state as Domain['state'] | undefined;
	return before !== undefined && isActive({state: before}) !== isActive(domain);
}

/** The same wish, for the state that the domain is in now. */
function plannedAnew(plan: Plan, facts: Facts): Outcome {
	const tag = plan.tag ?? '';
	if (plan.verb === 'delete' && facts.domain.snapshots.some(snapshot => snapshot.tag === tag))
		return makePlan(facts, {verb: 'delete', tag});
	if (plan.verb !== 'revert')
		return refuse('wrong-state', `The domain is ${facts.domain.state} now.`, 'Leave it as it is, or begin anew.');
	const wanted = plan.expect.find(expectation => expectation.kind === 'state')?.state;
	const afterwards = wanted === 'running' || wanted === 'paused' ? {afterwards: wanted} : {};
	return makePlan(facts, {verb: 'revert', tag, ...afterwards});
}

function pathOf(argv: readonly string[]): string {
	return argv.find(word => word.startsWith('--path=')) ?? '';
}

/** A commit that the plan itself made is concluded; one of libvirt's own is given up, and libvirt begins it anew. */
function concludeJob(plan: Plan, target: string, facts: Facts): Step {
	const ours = plan.steps.some(({argv}) => argv.includes('blockcommit') && pathOf(argv) === `--path=${target}`);
	return endJob(target, ours ? '--pivot' : '--abort', facts);
}

function endJob(target: string, how: '--pivot' | '--abort', {domain, host}: Facts): Step {
	return {
		title: `${how === '--pivot' ? 'Conclude' : 'Give up'} the block job on ${target}`,
		argv: virshDomain(host, 'blockjob', domain, `--path=${target}`, how),
		success: 'exit',
		changes: [{sign: '~', what: how === '--pivot' ? `${target} runs on its base` : `${target} stays on its overlay`}],
		undo: null,
	};
}

function wayBack(plan: Plan, facts: Facts, jobs: readonly OpenJob[], leftovers: readonly string[]): Outcome {
	switch (plan.verb) {
		case 'create':
			return createdBack(plan, facts, leftovers);
		case 'revert':
			return oldOverlaysBack(plan, finishedSteps(plan, facts), facts);
		case 'clone':
			return cloneBack(plan, facts);
		case 'delete': {
			const steps = jobs.flatMap(({target}) => (target === null ? [] : [endJob(target, '--abort', facts)]));
			if (steps.length === 0)
				return refuse('unsupported', 'What is deleted does not come back.', 'Go on, or leave it as it is.');
			const why = 'The domain goes on with the overlays it has.';
			return {plan: {...plan, why, steps, losses: [], confirm: null, basis: basisOf(facts), expect: []}};
		}

		default:
			return refuse('unsupported', `A ${plan.verb} has no way back from here.`, 'See how the domain is: virsnap list.');
	}
}

/** What a create left: a snapshot, overlays that libvirt has no record of, or only files. */
function createdBack(plan: Plan, facts: Facts, leftovers: readonly string[]): Outcome {
	const tag = plan.tag ?? '';
	if (facts.domain.snapshots.some(snapshot => snapshot.tag === tag)) {
		const outcome = makePlan(facts, {verb: 'delete', tag});
		if ('refusal' in outcome) return outcome;
		// What is taken back was never whole: no more need to type its name than for the create.
		return {plan: {...outcome.plan, confirm: null, steps: [...outcome.plan.steps, ...leftovers.map(removeStep)]}};
	}

	const moved = sourcesOf(plan)
		.filter(source => runsOn(facts, source))
		.map(source => facts.domain.disks.find(disk => disk.target === source.target)!);
	const baseless = moved.find(disk => disk.chain.length < 2);
	if (baseless)
		return refuse(
			'unreadable-image',
			`What ${baseless.target} stands on cannot be read.`,
			'Look at it with qemu-img info.',
		);
	const steps = [...(moved.length > 0 ? committed(moved, facts) : []), ...leftovers.map(removeStep)];
	if (steps.length === 0) return refuse('unsupported', 'There is nothing to take back.', 'Leave it as it is.');
	const bases = moved.map((disk): Expectation => ({kind: 'source', target: disk.target, file: disk.chain[1]!.file}));
	return {
		plan: {
			...plan,
			why: 'What it made is taken away again; what was written since stays.',
			pause: 'none',
			steps,
			losses: [],
			warnings: moved.map(disk => `${printable(disk.source!)} stays on disk; nothing uses it any more.`),
			wayBack: '',
			onFailure: 'stop',
			basis: basisOf(facts),
			expect: [{kind: 'no-snapshot', tag}, ...bases],
		},
	};
}

/** Overlays without a record: each is committed into its base, so that nothing written since is lost. */
function committed(disks: readonly Disk[], facts: Facts): Step[] {
	const {domain, host} = facts;
	const change = (disk: Disk) => ({
		sign: '~' as const,
		what: `${disk.target} runs on ${printable(disk.chain[1]!.file)}`,
	});
	const title = (disk: Disk) => `Commit the active layer of ${disk.target} into its base`;
	if (isActive(domain)) {
		return disks.map(disk => ({
			title: title(disk),
			argv: virshDomain(
				host,
				'blockcommit',
				domain,
				`--path=${disk.target}`,
				'--shallow',
				'--active',
				'--pivot',
				'--wait',
			),
			success: 'exit',
			changes: [change(disk)],
			undo: null,
		}));
	}

	const bases = new Map(disks.map(disk => [disk.target, {file: disk.chain[1]!.file, format: disk.chain[1]!.format}]));
	return [
		...disks.map(
			(disk): Step => ({
				title: title(disk),
				argv: ['qemu-img', 'commit', '-q', '-d', '-f', disk.format, disk.source!],
				success: 'exit',
				changes: [{sign: '~', what: `${printable(disk.chain[1]!.file)} takes in what the overlay holds`}],
				undo: null,
			}),
		),
		{
			title: 'Define the domain with the bases',
			argv: define(host),
			input: withSources(facts.inactiveXml, bases),
			success: 'exit',
			changes: disks.map(change),
			undo: null,
		},
	];
}

/** Files that only this plan can have made, since it was refused where they were there before, and that nothing stands on. */
function leftoverFiles(plan: Plan, facts: Facts): string[] {
	const files = plan.steps.flatMap(step => madeFile(step) ?? []);
	const overlays = plan.verb === 'create' ? sourcesOf(plan).map(({file}) => file) : [];
	const memory = plan.steps.flatMap(({argv}) =>
		argv.flatMap(word => /^--memspec=file=(.*),snapshot=external$/s.exec(word)?.[1]?.replaceAll(',,', ',') ?? []),
	);
	const used = new Set(
		facts.domain.snapshots.flatMap(({memoryFile, disks}) => [memoryFile, ...disks.map(({file}) => file)]),
	);
	return [...new Set([...files, ...overlays, ...memory])].filter(
		file => fileExists(facts, file) && !isInUse(facts, file) && !used.has(file),
	);
}
