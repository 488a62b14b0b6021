/** Plans that change what is kept about a snapshot beside its data: images and files stay as they are. */

import {withRecordedDescription} from '../domain-xml/description.ts';
import {isActive} from '../model/domain.ts';
import type {Facts} from '../model/facts.ts';
import type {EditIntent} from '../model/intent.ts';
import type {Expectation, Outcome, Plan} from '../model/plan.ts';
import {type Refusal, refuse} from '../model/refusal.ts';
import type {KeyAction} from '../model/remedy.ts';
import type {Snapshot} from '../model/snapshot.ts';
import type {Change, Step} from '../model/step.ts';
import {planOf} from '../planning/plan-of.ts';
import {jobRefusal} from '../planning/refusals/busy.ts';
import {expiryWords, isExpired, parseWhen, retentionsWith, whenWords} from '../snapshots/retention.ts';
import {findSnapshot} from '../snapshots/tag.ts';
import {byVirsnap} from '../steps/hints.ts';
import {addressOf} from '../steps/on-domain.ts';
import {retentionStep} from '../steps/shared-steps.ts';
import {step} from '../steps/step.ts';
import {option, remedy} from '../words/remedy.ts';
import {formatDate, t} from '../words/text.ts';
import {descriptionRefusal} from './description.ts';
import {renameDraft, renameRefusal} from './rename.ts';

/** What differs from now. */
type Wanted = Pick<Edited, 'description' | 'protected' | 'expiresAt'>;
type Edited = Extract<Expectation, {kind: 'snapshot'}>;

/** The plan that gives a snapshot another description or tag, protects it, or says from when on it need not be kept. */
export function editPlan(facts: Facts, intent: EditIntent): Outcome {
	const {tag, description, newTag} = intent;
	const snapshot = findSnapshot(facts.domain, tag);
	if ('refusal' in snapshot) return unlisted(facts, intent) ?? snapshot;
	const {refusal, ...wanted} = changesOf(facts, snapshot, intent);
	const nothing = newTag === undefined && Object.keys(wanted).length === 0;
	const first =
		(description === undefined ? null : (recordRefusal(facts, snapshot) ?? descriptionRefusal(description))) ??
		refusal ??
		(newTag === undefined ? null : renameRefusal(facts, snapshot, newTag)) ??
		(nothing ? unchanged(snapshot, intent) : null) ??
		jobRefusal(facts);
	if (first) return {refusal: first};
	return {plan: newTag === undefined ? edited(facts, snapshot, wanted) : renamed(facts, snapshot, wanted, newTag)};
}

function edited(facts: Facts, snapshot: Snapshot, wanted: Wanted): Plan {
	const {tag} = snapshot;
	const steps = [
		...(wanted.description === undefined ? [] : [describeStep(facts, snapshot, wanted.description)]),
		...(wanted.protected === undefined && wanted.expiresAt === undefined ? [] : [keepStep(facts, snapshot, wanted)]),
	];
	return planOf(facts, {
		verb: 'edit',
		tag,
		why: whyOf(wanted),
		steps,
		warnings: pastWarning(facts, wanted),
		expect: [{kind: 'snapshot', tag, health: [...new Set([snapshot.health, 'ok' as const])], ...wanted}],
		wayBack: remedy`${backOf(wanted)} ${byVirsnap(['edit', facts.domain.name, tag], keyBack(wanted), wordsBack(snapshot, wanted))}.`,
	});
}

/** Protection does not stand in the way: nothing is deleted, and it moves along. */
function renamed(facts: Facts, snapshot: Snapshot, wanted: Wanted, newTag: string): Plan {
	const {tag, createdAt, current} = snapshot;
	const {description, protected: kept = snapshot.protected, expiresAt = snapshot.expiresAt} = wanted;
	const back = [`--tag=${tag}`, ...wordsBack(snapshot, wanted)];
	return planOf(facts, {
		verb: 'edit',
		tag,
		why: "libvirt finds it by its records alone: they are written anew, its children's too. No image is touched, and files keep their names.",
		...renameDraft(facts, {
			from: tag,
			to: newTag,
			createdAt,
			current,
			...(description === undefined ? {} : {description}),
			kept: {protected: kept, expiresAt},
		}),
		warnings: pastWarning(facts, wanted),
		wayBack: remedy`Give it its tag back ${byVirsnap(['edit', facts.domain.name, newTag], null, back)}.`,
	});
}

function changesOf(facts: Facts, snapshot: Snapshot, intent: EditIntent): Wanted & {readonly refusal: Refusal | null} {
	const {description, protect, expires} = intent;
	const expiresAt = expires === undefined ? undefined : parseWhen(expires, facts.now);
	const refusal =
		expires !== undefined && expiresAt === undefined
			? refuse('bad-date', t`${expires} is no time.`, `Give one of: ${whenWords}.`)
			: null;
	return {
		refusal,
		...(description === undefined || description === (snapshot.description ?? '') ? {} : {description}),
		...(protect === undefined || protect === snapshot.protected ? {} : {protected: protect}),
		...(expiresAt === undefined || expiresAt === snapshot.expiresAt ? {} : {expiresAt}),
	};
}

function whyOf({description, ...kept}: Wanted): string {
	const record = "The description stands in libvirt's record alone: only that is changed, and no image is touched.";
	const metadata = 'Protection and expiry stand in the metadata of the domain and go with it; no image is touched.';
	if (Object.keys(kept).length === 0) return record;
	return description === undefined ? metadata : `${record} ${metadata}`;
}

const backOf = ({protected: kept, expiresAt}: Wanted): string =>
	kept === undefined && expiresAt === undefined ? 'Give it the description that it has now' : 'Change it back';

function pastWarning(facts: Facts, {expiresAt}: Wanted): string[] {
	const past = isExpired({protected: false, expiresAt: expiresAt ?? null}, Date.parse(facts.now));
	return past ? [`${formatDate(expiresAt!)} is past: it has expired as soon as this is done.`] : [];
}

/** A key brings back what it alone has changed; a text or a date would have to be typed again. */
const keyBack = ({description, expiresAt}: Wanted): KeyAction | null =>
	description === undefined && expiresAt === undefined ? 'protect' : null;

/** The options that bring back what is there now. */
function wordsBack(snapshot: Snapshot, wanted: Wanted): string[] {
	const before = snapshot.expiresAt === null ? ['--never'] : [`--expires=${snapshot.expiresAt}`];
	return [
		...(wanted.description === undefined ? [] : [`--description=${snapshot.description ?? ''}`]),
		...(wanted.protected === undefined ? [] : [wanted.protected ? '--unprotect' : '--protect']),
		...(wanted.expiresAt === undefined ? [] : before),
	];
}

function recordRefusal({snapshotXml}: Facts, {tag, libvirt}: Snapshot): Refusal | null {
	if (libvirt && snapshotXml[tag] !== undefined) return null;
	return refuse(
		'unsupported',
		t`libvirt has no record of ${tag}, and nothing else holds a description.`,
		remedy`Take snapshots by one of libvirt's own methods to describe them (${option('--method')}), such as libvirt-internal.`,
	);
}

function unchanged({tag}: Snapshot, {description, protect, expires}: EditIntent): Refusal {
	if (protect !== undefined)
		return refuse('unchanged', t`${tag} is ${protect ? 'protected already' : 'not protected'}.`, 'Nothing to do.');
	if (expires !== undefined)
		return refuse('unchanged', t`${tag} has this expiry already.`, `Give another time: ${whenWords}.`);
	return description === ''
		? refuse('unchanged', t`${tag} has no description.`, 'Give it one.')
		: refuse('unchanged', t`${tag} has this description already.`, 'Choose another text.');
}

/**
 * Without `--current`: libvirt leaves the current snapshot as it is when one is redefined, and with it libvirt 9.9 and newer forget
 * the files that a revert made (`<revertDisks>`; qemuSnapshotRedefine).
 */
function describeStep(facts: Facts, snapshot: Snapshot, description: string): Step {
	const {tag} = snapshot;
	const recorded = facts.snapshotXml[tag]!;
	return step(
		{kind: 'redefine-snapshot', on: addressOf(facts), tag, current: false},
		{
			title: description === '' ? t`Remove the description of ${tag}` : t`Change the description of ${tag}`,
			changes: [
				...(snapshot.description ? [described('-', snapshot.description)] : []),
				...(description === '' ? [] : [described('+', description)]),
			],
			input: withRecordedDescription(recorded, description),
			undoInput: recorded,
		},
	);
}

const described = (sign: Change['sign'], text: string): Change => ({sign, what: t`description: ${text}`});

function keepStep(facts: Facts, snapshot: Snapshot, wanted: Wanted): Step {
	const {tag} = snapshot;
	const {protected: kept = snapshot.protected, expiresAt = snapshot.expiresAt} = wanted;
	const changes: Change[] = [
		...(kept === snapshot.protected ? [] : [{...unprotected(tag), sign: kept ? '+' : '-'} as const]),
		...(expiresAt === snapshot.expiresAt
			? []
			: [{sign: '~', what: t`${tag} expires: ${expiryWords(expiresAt)}`} as const]),
	];
	const title = wanted.protected === undefined ? 'Set the expiry of' : kept ? 'Protect' : 'Unprotect';
	const retentions = retentionsWith(facts.domain, snapshot, {protected: kept, expiresAt});
	return retentionStep(facts, t`${title} ${tag}`, retentions, {active: isActive(facts.domain), changes});
}

/**
 * Protection of a snapshot that is not listed goes: it holds up whatever would remove the file that has it inside. Null where that is not
 * what was asked for.
 */
function unlisted(facts: Facts, {tag, protect, description, expires, newTag}: EditIntent): Outcome | null {
	const {domain} = facts;
	const held = domain.retentions.some(one => one.tag === tag && one.protected);
	const more = [description, expires, newTag].some(one => one !== undefined);
	if (!held || protect !== false || more) return null;
	const refusal = jobRefusal(facts);
	if (refusal) return {refusal};
	const gone = {protected: false, expiresAt: null};
	const step = retentionStep(facts, t`Unprotect ${tag}`, retentionsWith(domain, {tag, createdAt: null}, gone), {
		active: isActive(domain),
		changes: [unprotected(tag)],
	});
	const plan = planOf(facts, {
		verb: 'edit',
		tag,
		why: whyOf({protected: false}),
		steps: [step],
		warnings: [t`${tag} is not listed now. A file that no disk uses may hold it: that can be removed then.`],
		expect: [{kind: 'no-snapshot', tag, protected: false}],
	});
	return {plan};
}

const unprotected = (tag: string): Change => ({sign: '-', what: t`${tag} is protected: virsnap does not delete it`});
