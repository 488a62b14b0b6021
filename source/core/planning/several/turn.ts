/**
 * Several snapshots, of whatever domains, that are deleted, protected or given an expiry one after another. Each has a plan of its own, made
 * from facts of its own turn: what the one before has changed counts, and what others have changed meanwhile.
 */
import {makePlan} from '../../make-plan.ts';
import type {Domain} from '../../model/domain.ts';
import type {Facts} from '../../model/facts.ts';
import type {DeleteIntent, EditIntent} from '../../model/intent.ts';
import type {Outcome, Plan} from '../../model/plan.ts';
import {refuse} from '../../model/refusal.ts';
import {idOf, type Snapshot} from '../../model/snapshot.ts';
import {childrenFirst} from '../../snapshots/family.ts';
import {isSameTime} from '../../snapshots/retention.ts';
import {t} from '../../words/text.ts';

/** One of them, as it was when it was marked. */
export type Turn = {
	readonly uuid: string;
	/** The name of its domain. */
	readonly domain: string;
	readonly snapshot: Snapshot;
};

/** What is wanted of each; the tag in it is not looked at. */
export type SeveralIntent = DeleteIntent | EditIntent;

/** Domain by domain, and in each what depends on another before it. */
export function turnsOf(domains: readonly Domain[], isChosen: (domain: Domain, snapshot: Snapshot) => boolean): Turn[] {
	return domains.flatMap(domain =>
		childrenFirst(domain.snapshots)
			.filter(snapshot => isChosen(domain, snapshot))
			.map(snapshot => ({uuid: domain.uuid, domain: domain.name, snapshot})),
	);
}

/** The plan for one of them by these facts of its domain; refused where it is not that very snapshot any more. */
export function planTurn(facts: Facts, {snapshot}: Turn, intent: SeveralIntent): Outcome {
	const {tag, duplicates, createdAt} = snapshot;
	const now = facts.domain.snapshots.find(one => one.tag === tag && one.duplicates === duplicates);
	if (now === undefined) return {refusal: refuse('not-found', t`${tag} is gone.`, 'Nothing is left to do for it.')};
	const known = now.createdAt !== null && createdAt !== null;
	if (known && !isSameTime(now.createdAt, createdAt)) {
		const reason = t`${tag} was deleted and taken anew since it was marked.`;
		return {refusal: refuse('not-found', reason, 'Look at it, and mark it again.')};
	}
	return makePlan(facts, intent.verb === 'delete' ? deletionOf(facts.domain, now) : {...intent, tag});
}

/** What deleting this very snapshot is: of several with one tag the one that is meant, and of one whose data is gone its record. */
export function deletionOf(domain: Pick<Domain, 'snapshots'>, snapshot: Snapshot): DeleteIntent {
	const metadataOnly = snapshot.health === 'orphaned' || snapshot.health === 'missing-files';
	return {verb: 'delete', ...meaning(domain, snapshot), ...(metadataOnly && {metadataOnly})};
}

/** What an intent names this very snapshot by. */
export function meaning(
	{snapshots}: Pick<Domain, 'snapshots'>,
	snapshot: Snapshot,
): {readonly tag: string; readonly id?: string} {
	const {tag} = snapshot;
	const id = snapshots.some(one => one.tag === tag && one !== snapshot) ? idOf(snapshot) : null;
	return {tag, ...(id && {id})};
}

/** Losses of the plan made now that the reviewed one did not name, but for what is freed: nobody has agreed to them. */
export const newLosses = (reviewed: Plan, now: Plan): readonly string[] =>
	now.losses.filter(loss => !reviewed.losses.some(known => withoutSizes(known) === withoutSizes(loss)));

/** Sizes change with each deletion, and are told only where they are known soon. */
const withoutSizes = (loss: string): string => loss.replace(/ Deleting it frees [^.]*(?:\.\d+[^.]*)?\.$/, '');
