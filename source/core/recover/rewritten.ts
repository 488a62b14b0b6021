/** Bases that were written to after a snapshot was taken of them, by nothing that the receipts know of: `virsh blockcommit`, say. */
import type {Facts, Rewritten} from '../model/facts.ts';
import type {Receipt} from '../model/receipt.ts';
import type {Snapshot} from '../model/snapshot.ts';

/** QEMU writes the last of its tables when the overlay is in place already. */
const slackMilliseconds = 2000;

/** Snapshots of the domain that may not hold any more what they did when they were taken. `receipts`: those of this domain. */
export function rewrittenIn(
	{domain, writtenAt, saveImages}: Pick<Facts, 'domain' | 'writtenAt' | 'saveImages'>,
	receipts: readonly Receipt[],
): Rewritten[] {
	return domain.snapshots.flatMap(snapshot => {
		const ended = endOf(snapshot, saveImages);
		return snapshot.disks.flatMap(({kind, source}): Rewritten[] => {
			const at = kind === 'external' && source !== null ? writtenAt[source] : undefined;
			if (at === undefined || ended === null || Date.parse(at) <= ended + slackMilliseconds) return [];
			return isOurs(at, receipts) ? [] : [{tag: snapshot.tag, file: source!, at}];
		});
	});
}

/** libvirt notes when it begins, and a guest may go on while its memory is written (`--live`). */
function endOf({createdAt, memoryFile}: Snapshot, saveImages: Facts['saveImages']): number | null {
	const written = memoryFile === null ? null : (saveImages[memoryFile]?.writtenAt ?? null);
	const times = [createdAt, written].filter(time => time !== null).map(time => Date.parse(time));
	return times.length === 0 ? null : Math.max(...times);
}

/** Whether an operation of virsnap was under way then: a delete merges into bases, and leaves the snapshots above as they were. */
function isOurs(at: string, receipts: readonly Receipt[]): boolean {
	const time = Date.parse(at);
	return receipts.some(({startedAt, endedAt}) => {
		const end = endedAt === null ? Number.POSITIVE_INFINITY : Date.parse(endedAt) + slackMilliseconds;
		return Date.parse(startedAt) <= time && time <= end;
	});
}
