/** What takes an edit back. */
import {recordedDescription} from '../domain-xml/description.ts';
import type {EditIntent} from '../model/intent.ts';
import type {Expectation, Plan} from '../model/plan.ts';
import {isSameTime} from '../snapshots/retention.ts';

type Edited = Extract<Expectation, {kind: 'snapshot'}>;

/** The tags that a plan exchanges: the one that a snapshot had, and the one that it has then; null where it leaves all as they are. */
export function renamedBy({expect}: Pick<Plan, 'expect'>): {readonly from: string; readonly to: string} | null {
	const [names] = expect.flatMap(one =>
		one.kind === 'no-snapshot' && one.as !== undefined ? [{from: one.tag, to: one.as}] : [],
	);
	return names ?? null;
}

/** The wish that brings back what a plan has edited. */
export function editBack({tag, steps, expect}: Pick<Plan, 'tag' | 'steps' | 'expect'>): EditIntent {
	const names = renamedBy({expect});
	const now = names?.to ?? tag ?? '';
	const wanted = expect.find((one): one is Edited => one.kind === 'snapshot' && one.tag === now);
	const described = names && wanted?.description === undefined ? null : descriptionBefore({steps, expect});
	const before = names ? rowBefore(names.from, steps, now) : rowBefore(tag, steps, tag);
	const keeps = (same: boolean) => names === null || (!same && steps.some(({does}) => does.kind === 'set-retention'));
	return {
		verb: 'edit',
		tag: now,
		...(names ? {newTag: names.from} : {}),
		...(described === null ? {} : {description: described}),
		...(wanted?.protected === undefined || !keeps(before.protected === wanted.protected)
			? {}
			: {protect: !wanted.protected}),
		...(wanted?.expiresAt === undefined || !keeps(before.expiresAt === wanted.expiresAt)
			? {}
			: {expires: before.expiresAt ?? 'never'}),
	};
}

/** What libvirt's record said, empty for nothing; null where the plan has left that as it was. */
export function descriptionBefore({steps, expect}: Pick<Plan, 'steps' | 'expect'>): string | null {
	const kind = renamedBy({expect}) ? 'forget-snapshot' : 'redefine-snapshot';
	const found = steps.find(({does}) => does.kind === kind);
	return found === undefined ? null : (recordedDescription(found.undoInput ?? '') ?? '');
}

/** What the metadata said of it; not of an earlier snapshot of this tag. `now`: its tag afterwards. */
export function rowBefore(
	tag: string | null,
	steps: Plan['steps'],
	now: string | null,
): {readonly protected: boolean; readonly expiresAt: string | null} {
	const kept = steps.map(({does}) => does).find(does => does.kind === 'set-retention');
	const before = kept?.before.find(one => one.tag === tag);
	const after = kept?.retentions.find(one => one.tag === now);
	const other = !before || (after && !isSameTime(before.createdAt, after.createdAt));
	return {protected: before?.protected ?? false, expiresAt: other ? null : before.expiresAt};
}
