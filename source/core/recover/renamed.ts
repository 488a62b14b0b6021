/** A rename that was interrupted: it goes on, or back, by which records are there now. */
import {descriptionBefore, renamedBy, rowBefore} from '../create/edit-back.ts';
import {type Renaming, renameDraft} from '../create/rename.ts';
import type {Facts} from '../model/facts.ts';
import type {Outcome, Plan} from '../model/plan.ts';
import {refuse} from '../model/refusal.ts';
import type {Snapshot} from '../model/snapshot.ts';
import {basisOf} from '../planning/basis.ts';
import {isSameTime} from '../snapshots/retention.ts';
import {addressOf} from '../steps/on-domain.ts';
import {step} from '../steps/step.ts';
import {formatDate, t} from '../words/text.ts';

/** What is missing of it; null where the plan renames nothing. */
export function renamedOn(plan: Plan, facts: Facts): Outcome | null {
	const renaming = renamingOf(plan);
	return renaming && planned(plan, facts, renaming, 'Finishes the interrupted operation.', plan.wayBack);
}

/** The old tag again; null where the plan renames nothing. */
export function renamedBack(plan: Plan, facts: Facts): Outcome | null {
	const renaming = renamingOf(plan);
	if (renaming === null) return null;
	const {from, to, description} = renaming;
	const keeps = plan.steps.some(({does}) => does.kind === 'set-retention');
	const described = descriptionBefore(plan);
	const back: Renaming = {
		...renaming,
		from: to,
		to: from,
		...(description === undefined || described === null ? {} : {description: described}),
		kept: keeps ? rowBefore(from, plan.steps, to) : renaming.kept,
	};
	return planned(plan, facts, back, 'Gives the snapshot the tag that it had.', '');
}

function renamingOf(plan: Plan): Renaming | null {
	const names = renamedBy(plan);
	if (names === null) return null;
	const {from, to} = names;
	const wanted = plan.expect.find(one => one.kind === 'snapshot' && one.tag === to);
	if (wanted?.kind !== 'snapshot') return null;
	const {description, protected: kept = false, expiresAt = null} = wanted;
	return {
		from,
		to,
		createdAt: timeOf(plan),
		current: plan.expect.some(one => one.kind === 'current' && one.tag === to),
		...(description === undefined ? {} : {description}),
		kept: {protected: kept, expiresAt},
	};
}

/** When the snapshot was taken; null where no step says it. */
function timeOf({steps}: Plan): string | null {
	for (const {does} of steps) {
		if (does.kind === 'record-snapshot') return does.createdAt;
		if (does.kind === 'forget-snapshot' && does.as) return does.as.createdAt;
	}
	return null;
}

function planned(plan: Plan, facts: Facts, renaming: Renaming, why: string, wayBack: Plan['wayBack']): Outcome {
	const {from, to, createdAt} = renaming;
	const records = facts.domain.snapshots.filter(one => one.libvirt && (one.tag === from || one.tag === to));
	const other = records.find(one => createdAt !== null && !isSameTime(one.createdAt, createdAt));
	if (other)
		return {
			refusal: refuse(
				'tag-exists',
				t`Another snapshot ${other.tag} was created on ${formatDate(other.createdAt)}.`,
				'Leave things as they are.',
			),
		};
	if (records.length === 0)
		return {refusal: refuse('not-found', t`There is neither ${from} nor ${to} any more.`, 'Leave things as they are.')};
	const draft = withTheirs(renameDraft(facts, renaming), plan, facts, renaming);
	if (draft.steps.length === 0)
		return {refusal: refuse('unsupported', 'Nothing of it is left to do.', 'Leave things as they are.')};
	return {plan: {...plan, ...draft, why, warnings: [], wayBack, onFailure: 'stop', basis: basisOf(facts)}};
}

type Draft = ReturnType<typeof renameDraft>;

/**
 * Somebody has taken a snapshot in the very moment in which the renamed one was made the current one: the domain runs on theirs, and the
 * next one would get the wrong parent.
 */
function withTheirs(draft: Draft, plan: Plan, facts: Facts, {from, to}: Renaming): Draft {
	const {snapshots, disks} = facts.domain;
	const runsOn = ({kind, file, target}: Snapshot['disks'][number]) =>
		kind === 'external' && file !== null && disks.some(disk => disk.target === target && disk.source === file);
	const theirs = snapshots.find(
		one =>
			one.libvirt &&
			one.tag !== from &&
			one.tag !== to &&
			!Object.hasOwn(plan.basis, t`snapshot ${one.tag}`) &&
			one.disks.some(runsOn),
	);
	if (theirs === undefined || theirs.current) return draft;
	const {tag} = theirs;
	const before = snapshots.find(one => one.current)?.tag ?? null;
	const current = step(
		{kind: 'current-snapshot', on: addressOf(facts), tag, before},
		{title: t`Make ${tag} the current snapshot`},
	);
	return {
		steps: [...draft.steps.filter(({does}) => does.kind !== 'current-snapshot'), current],
		expect: [...draft.expect.filter(({kind}) => kind !== 'current'), {kind: 'current', tag}],
	};
}
