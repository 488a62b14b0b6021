/** How long snapshots are to be kept: who may delete them, and from when on they need not be kept. */
import type {Domain} from '../model/domain.ts';
import type {Retention, Snapshot} from '../model/snapshot.ts';
import {formatDate} from '../words/text.ts';
import {timeLeft} from './age.ts';

/** libvirt dates in whole seconds, images do not: of one snapshot both may stand somewhere. */
const sameMilliseconds = 2000;

/**
 * The snapshots with what the domain's metadata says of them. Protection goes by the tag alone, since too much of it does no harm; an
 * expiry is of that very snapshot, and not of a later one of its name.
 */
export function withRetention(snapshots: readonly Snapshot[], retentions: readonly Retention[]): Snapshot[] {
	return snapshots.map(snapshot => {
		const found = retentions.filter(({tag}) => tag === snapshot.tag);
		const own = found.find(({createdAt}) => isSameTime(createdAt, snapshot.createdAt));
		return {
			...snapshot,
			protected: found.some(one => one.protected),
			expiresAt: own?.expiresAt ?? null,
		};
	});
}

/** Whether both date one snapshot; ISO 8601. */
export const isSameTime = (one: string | null, other: string | null): boolean =>
	one === other || Math.abs(Date.parse(one ?? '') - Date.parse(other ?? '')) < sameMilliseconds;

/**
 * What the domain's metadata is to say once this snapshot is kept so. An expiry of snapshots that are gone goes. Protection stays: what is
 * not listed may be inside an overlay that a revert left, or in a disk that is detached for now.
 */
export function retentionsWith(
	{snapshots, disks, retentions}: Pick<Domain, 'snapshots' | 'disks' | 'retentions'>,
	{tag, createdAt}: Pick<Snapshot, 'tag' | 'createdAt'>,
	wanted: Pick<Retention, 'protected' | 'expiresAt'>,
): Retention[] {
	// What an image holds that cannot be read is not known to be gone.
	const readable = disks.every(({unreadable}) => unreadable === null);
	const stays = (one: Retention) => one.protected || !readable || snapshots.some(snapshot => snapshot.tag === one.tag);
	const others = retentions.filter(one => one.tag !== tag && stays(one));
	return wanted.protected || wanted.expiresAt !== null ? [...others, {tag, createdAt, ...wanted}] : others;
}

/** Whether both say the same, in whatever order. */
export function sameRetentions(some: readonly Retention[], others: readonly Retention[]): boolean {
	const lines = (all: readonly Retention[]) =>
		all.map(one => JSON.stringify([one.tag, one.createdAt, one.protected, one.expiresAt])).toSorted();
	return JSON.stringify(lines(some)) === JSON.stringify(lines(others));
}

/** Whether it need not be kept any more; `now` in milliseconds since 1970. What is protected is kept. */
export const isExpired = (snapshot: Pick<Snapshot, 'protected' | 'expiresAt'>, now: number): boolean =>
	!snapshot.protected && snapshot.expiresAt !== null && Date.parse(snapshot.expiresAt) <= now;

/** "on 2026-12-24 00:00:00", or "never". */
export const expiryWords = (expiresAt: string | null): string =>
	expiresAt === null ? 'never' : `on ${formatDate(expiresAt)}`;

/** "yes" where it is protected, else how long it is still to be kept, or "expired"; empty where nothing is said of that. */
export function shortKeep(snapshot: Pick<Snapshot, 'protected' | 'expiresAt'>, now: number): string {
	if (snapshot.protected) return 'yes';
	if (snapshot.expiresAt === null) return '';
	return isExpired(snapshot, now) ? 'expired' : timeLeft(snapshot.expiresAt, now);
}

const unitSeconds: Readonly<Record<string, number>> = {h: 3600, d: 86_400, w: 7 * 86_400, y: 365 * 86_400};

/** What a person may type for a time. */
export const whenWords = '12h, 30d, 2w, 1y, a date such as 2026-12-24 or 2026-12-24T18:00, or never';

/**
 * A time as it was typed: so long from `now` (ISO 8601), or a date, where no zone is named in that of this machine. Null for `never`,
 * undefined where it is none of these.
 */
export function parseWhen(text: string, now: string): string | null | undefined {
	const word = text.trim();
	if (word === 'never') return null;
	const [, count, unit] = /^(\d{1,5})([hdwy])$/.exec(word) ?? [];
	if (count !== undefined) return dateOf(Date.parse(now) + Number(count) * unitSeconds[unit!]! * 1000);
	if (!/^\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d)?)?$/.test(word)) return undefined;
	// A date alone would be taken for one of UTC.
	return dateOf(Date.parse(word.length === 10 ? `${word}T00:00` : word.replace(' ', 'T')));
}

const dateOf = (time: number): string | undefined => (Number.isNaN(time) ? undefined : new Date(time).toISOString());
