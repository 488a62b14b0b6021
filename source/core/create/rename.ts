/**
 * Another tag for a snapshot that only libvirt's records name. libvirt renames none: the record is written a second time under the new tag,
 * those of the children name it as their parent, and the first one goes last. Not by `snapshot-delete --metadata` alone: it writes another
 * base into the records of children, as if data had been merged (verified on 9.0).
 *
 * All steps follow from what is there, so that one that was broken off in the middle goes on, or back, by the same rules.
 */

import {withRecordedParent} from '../domain-xml/record.ts';
import {isActive} from '../model/domain.ts';
import type {Facts} from '../model/facts.ts';
import type {Expectation, Plan} from '../model/plan.ts';
import {type Refusal, refuse} from '../model/refusal.ts';
import type {Retention, Snapshot} from '../model/snapshot.ts';
import type {Step} from '../model/step.ts';
import {busyRefusal} from '../planning/refusals/busy.ts';
import {spoiledRefusal} from '../revert/refusals.ts';
import {retentionsWith, sameRetentions} from '../snapshots/retention.ts';
import {tagRefusal} from '../snapshots/tag.ts';
import {byVirsnap} from '../steps/hints.ts';
import {addressOf} from '../steps/on-domain.ts';
import {recordUnder, retentionStep} from '../steps/shared-steps.ts';
import {step} from '../steps/step.ts';
import {remedy} from '../words/remedy.ts';
import {t} from '../words/text.ts';

/** A snapshot, by the tag that its record has, and the one that it is to have. Both records are there while it is half done. */
export type Renaming = {
	readonly from: string;
	readonly to: string;
	/** By which its records are told from those of another one that has taken a tag. */
	readonly createdAt: string | null;
	/** It was the current one. */
	readonly current: boolean;
	readonly description?: string;
	readonly kept: Pick<Retention, 'protected' | 'expiresAt'>;
};

/** Why a snapshot cannot be given this tag; null where it can. */
export function renameRefusal(facts: Facts, snapshot: Snapshot, newTag: string): Refusal | null {
	const {domain, unfinished} = facts;
	const {tag} = snapshot;
	if (newTag === tag) return refuse('unchanged', t`${tag} has this tag already.`, 'Choose another tag.');
	const [receipt] = unfinished;
	return (
		insideRefusal(facts, snapshot) ??
		tagRefusal(domain, newTag) ??
		keptRefusal(facts, newTag) ??
		spoiledRefusal(facts, snapshot) ??
		(receipt === undefined ? busyRefusal(facts) : unfinishedRefusal(tag, receipt))
	);
}

/**
 * libvirt and QEMU find what is inside an image by the tag in it, and qemu-img cannot change that: to apply it and take it anew under
 * another tag would lose the memory, and the present contents with it.
 */
function insideRefusal({domain, snapshotXml}: Facts, snapshot: Snapshot): Refusal | null {
	const {tag, libvirt, kind, disks, memoryFile} = snapshot;
	const inside = disks.find(part => part.kind === 'internal');
	if (inside || kind === 'internal' || (kind === 'memory' && memoryFile === null)) {
		const where = inside?.file ?? 'an image';
		return refuse(
			'unsupported',
			t`${tag} is inside ${where}, and nothing can change its tag there: it is found by that alone.`,
			libvirt
				? remedy`Say in its description what it is ${byVirsnap(['edit', domain.name, tag], null, ['--description=TEXT'])}.`
				: 'Keep the tag, or take another snapshot under the new one.',
		);
	}
	const children = domain.snapshots.filter(one => one.libvirt && one.parent === tag);
	const unread = [snapshot, ...children].find(one => snapshotXml[one.tag] === undefined);
	if (unread)
		return refuse(
			'unsupported',
			t`libvirt's record of ${unread.tag} could not be read.`,
			'Read it again, then try again.',
		);
	if (domain.snapshots.filter(one => one.tag === tag).length === 1) return null;
	return refuse(
		'ambiguous-tag',
		t`There are several snapshots ${tag}.`,
		remedy`List them ${byVirsnap(['list', domain.name])}, and delete all but one.`,
	);
}

/** Protection goes by the tag: one that is not listed, in a file that no disk uses now, would share it. */
function keptRefusal({domain}: Facts, newTag: string): Refusal | null {
	if (!domain.retentions.some(one => one.tag === newTag && one.protected)) return null;
	return refuse(
		'tag-exists',
		t`A snapshot ${newTag} that is not listed now is protected.`,
		remedy`Choose another tag, or unprotect that one first ${byVirsnap(['edit', domain.name, newTag], null, ['--unprotect'])}.`,
	);
}

function unfinishedRefusal(tag: string, receipt: string): Refusal {
	return refuse(
		'busy',
		t`An operation on this domain has not ended (${receipt}), and knows the snapshot as ${tag}.`,
		remedy`Finish it or roll it back first ${byVirsnap(['recover', receipt], 'recover')}.`,
	);
}

type RenameDraft = Pick<Plan, 'steps' | 'expect'>;

/** What is left to do. */
export function renameDraft(facts: Facts, renaming: Renaming): RenameDraft {
	const {from, to, description, kept} = renaming;
	const {snapshots} = facts.domain;
	const recorded = (tag: string) => snapshots.find(one => one.libvirt && one.tag === tag);
	const [source, target] = [recorded(from), recorded(to)];
	const children = snapshots.filter(one => one.libvirt && one.parent === from && one.tag !== to);
	const moves = source?.current === true || (renaming.current && snapshots.every(one => !one.current));
	const current = moves || target?.current === true;
	return {
		steps: [
			...(source && !target?.current ? [recordStep(facts, renaming)] : []),
			...children.map(child => childStep(facts, child.tag, to)),
			...(moves ? [currentStep(facts, renaming, source?.current === true)] : []),
			...retentionSteps(facts, renaming),
			...(source ? [forgetStep(facts, renaming)] : []),
		],
		expect: [
			{
				kind: 'snapshot',
				tag: to,
				health: [...new Set([(source ?? target)?.health ?? 'ok', 'ok' as const])],
				...(description === undefined ? {} : {description}),
				...kept,
			},
			{kind: 'no-snapshot', tag: from, as: to, protected: false},
			...snapshots
				.filter(one => one.libvirt && (one.parent === from || one.parent === to) && one.tag !== to)
				.map(
					({tag, health}): Expectation => ({
						kind: 'snapshot',
						tag,
						health: [...new Set([health, 'ok' as const])],
						parent: to,
					}),
				),
			...(current ? [{kind: 'current', tag: to} as const] : []),
		],
	};
}

function recordStep(facts: Facts, {from, to, createdAt, description}: Renaming): Step {
	const does = {
		kind: 'record-snapshot',
		on: addressOf(facts),
		tag: to,
		from,
		createdAt,
		...(description === undefined ? {} : {description}),
	} as const;
	const described = description ? [{sign: '+', what: t`description: ${description}`} as const] : [];
	return step(does, {
		title: t`Record ${from} under the tag ${to} as well`,
		changes: [{sign: '+', what: t`libvirt's record of ${to}, the same as that of ${from}`}, ...described],
		input: recordUnder(facts.snapshotXml[from] ?? '', does),
	});
}

/** Without `--current`, as in `describeStep`. */
function childStep(facts: Facts, child: string, parent: string): Step {
	const recorded = facts.snapshotXml[child] ?? '';
	return step(
		{kind: 'redefine-snapshot', on: addressOf(facts), tag: child, current: false},
		{
			title: t`Record ${parent} as the parent of ${child}`,
			changes: [{sign: '~', what: t`parent of ${child}: ${parent}`}],
			input: withRecordedParent(recorded, parent),
			undoInput: recorded,
		},
	);
}

/**
 * Before the other record goes, which would make its parent the current one. libvirt 9.9 and newer forget by it what a revert made
 * (`<revertDisks>`) in the record of the one that was current: that is the record that goes.
 */
const currentStep = (facts: Facts, {from, to}: Renaming, was: boolean): Step =>
	step(
		{kind: 'current-snapshot', on: addressOf(facts), tag: to, before: was ? from : null},
		{title: t`Make ${to} the current snapshot`},
	);

/** While both records are there: of one that is protected what the other one needs is refused to every delete. */
function retentionSteps(facts: Facts, {from, to, createdAt, kept}: Renaming): Step[] {
	const {domain} = facts;
	const {retentions} = domain;
	const wanted = kept.protected || kept.expiresAt !== null;
	if (!wanted && retentions.every(({tag}) => tag !== from && tag !== to)) return [];
	const others = retentions.filter(({tag}) => tag !== from);
	const next = retentionsWith({...domain, retentions: others}, {tag: to, createdAt}, kept);
	if (sameRetentions(retentions, next)) return [];
	const title = t`Move protection and expiry from ${from} to ${to}`;
	const changes = [{sign: '~', what: t`metadata of the domain: what it says of ${from} it says of ${to}`} as const];
	return [retentionStep(facts, title, next, {active: isActive(domain), changes})];
}

const forgetStep = (facts: Facts, {from, to, createdAt}: Renaming): Step =>
	step(
		{kind: 'forget-snapshot', on: addressOf(facts), tag: from, as: {tag: to, createdAt}},
		{title: t`Remove libvirt's record of ${from}`, undoInput: facts.snapshotXml[from] ?? ''},
	);
