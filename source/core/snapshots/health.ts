/** The health of a snapshot: what libvirt records of it, held against the images and files that are there. */
import type {Disk, Image, ImageSnapshot} from '../model/disk.ts';
import {writableDisks} from '../model/domain.ts';
import type {Facts} from '../model/facts.ts';
import type {Health, LibvirtSnapshot} from '../model/snapshot.ts';
import {enumerate, formatDate, plural, printable, sentence, t} from '../words/text.ts';
import {diskOf, isMerged, layersBelow} from './family.ts';

/** libvirt notes whole seconds before it starts; qemu-img dates each disk when its turn comes. More than this apart is another snapshot. */
const toleranceMs = 30_000;

/** An entry of one image's table, with where it stands. */
export type Occurrence = {readonly target: string; readonly image: Image; readonly entry: ImageSnapshot};

type Verdict = {readonly health: Health; readonly reason: string};

export type RecordedDisk = LibvirtSnapshot['disks'][number];

type Found = {readonly part: RecordedDisk; readonly occurrence: Occurrence | null};

/** What one record is held against beside the disks: all records, files that are not there, and when bases were last written to. */
export type Around = {
	readonly records: readonly LibvirtSnapshot[];
	readonly missingFiles: ReadonlySet<string>;
	readonly writtenAt: Facts['writtenAt'];
};

/** What the record and the images disagree about; the gravest first. */
export function judge(
	disks: readonly Disk[],
	record: LibvirtSnapshot,
	found: readonly Found[],
	around: Around,
): Verdict {
	return (
		judgeFiles(disks, record, around) ??
		judgeBases(disks, record, around) ??
		judgeMerged(disks, record, around) ??
		judgeRecord(disks, record) ??
		judgeTables(disks, found) ??
		judgeIdentity(record, found) ??
		judgeUnread(disks, record) ?? {health: 'ok', reason: remarks(disks, record, around)}
	);
}

function judgeFiles(disks: readonly Disk[], record: LibvirtSnapshot, around: Around): Verdict | null {
	const {missingFiles, records} = around;
	const inUse = new Set(disks.flatMap(disk => disk.chain.map(image => image.file)));
	const named = [
		record.memory.kind === 'external' ? record.memory.file : null,
		...record.disks.flatMap(part => neededFiles(disks, part, records)),
	];
	const missing = [...new Set(named)]
		.filter(file => file !== null)
		.filter(file => missingFiles.has(file) && !inUse.has(file));
	if (missing.length === 0) return null;
	const merged = missing.map(file =>
		records.find(other => takenIn(disks, other, around).some(part => part.file === file)),
	);
	if (merged.every(one => one !== undefined)) {
		const names = enumerate([...new Set(merged.map(one => printable(one.name)))]);
		return {
			health: 'missing-files',
			reason: t`${enumerate(missing.map(printable))} was merged into its base, but deleting ${names} was interrupted. Delete ${names} again to record it.`,
		};
	}
	const moved = movedTo(disks, record, missingFiles);
	if (moved !== null) {
		return {
			health: 'missing-files',
			reason: t`${enumerate(missing.map(printable))} ${plural(missing.length, 'is', 'are')} missing, but ${moved} holds a snapshot of this tag and time, listed as unmanaged: revert to that one, and delete this record, which holds nothing.`,
		};
	}
	return {
		health: 'missing-files',
		reason: t`${enumerate(missing.map(printable))} ${plural(missing.length, 'is', 'are')} missing; reverting is not possible. Restore ${plural(missing.length, 'the file', 'them')}, or delete the snapshot's record.`,
	};
}

/** Where an image was moved, and the domain defined anew, what it holds is still there: the file that a disk of it runs on now. */
function movedTo(
	disks: readonly Disk[],
	{name, createdAt, disks: parts}: LibvirtSnapshot,
	missingFiles: ReadonlySet<string>,
): string | null {
	const moved = parts.filter(
		part => part.snapshot === 'internal' && part.source !== null && missingFiles.has(part.source),
	);
	const images = disks.filter(disk => moved.some(part => part.target === disk.target)).flatMap(disk => disk.chain);
	const holds = ({snapshots}: Image) => snapshots.some(one => one.tag === name && !apart(one.createdAt, createdAt));
	return images.find(holds)?.file ?? null;
}

/**
 * What a revert needs: the base. The overlay holds what came after; libvirt deletes it in a revert, and the snapshot is as good as
 * before (verified on 11.3). Where the domain is to run on it, or the base is not recorded, it counts.
 */
function neededFiles(
	disks: readonly Disk[],
	part: RecordedDisk,
	records: readonly LibvirtSnapshot[],
): (string | null)[] {
	if (part.snapshot === 'external') {
		const overlay = part.source === null || disks.some(disk => disk.source === part.file);
		return [part.source, ...layersBelow(disks, part.source, records), ...(overlay ? [part.file] : [])];
	}
	return part.snapshot === 'internal' ? [part.source] : [];
}

/** A base that the domain runs on itself: it was committed into, or gone back to by hand, and is written to. */
function judgeBases(
	disks: readonly Disk[],
	record: LibvirtSnapshot,
	{missingFiles, writtenAt}: Around,
): Verdict | null {
	const parts = record.disks.filter(part => part.snapshot === 'external');
	const active = new Set(disks.filter(disk => !disk.readonly).map(disk => disk.chain[0]?.file ?? disk.source));
	const spoiled = parts.filter(part => part.source !== null && active.has(part.source));
	if (spoiled.length === 0) return null;
	const places = enumerate(spoiled.map(part => t`${part.target} (${part.source!})`));
	const all = spoiled.length === parts.length;
	const isThere = (file: string) => !missingFiles.has(file);
	if (spoiled.every(part => isUntouched(part, record.createdAt, {writtenAt, isThere}))) {
		const back = enumerate(spoiled.map(({target, file}) => t`${target} on ${file!}`));
		return {
			health: all ? 'orphaned' : 'partial',
			reason: `${places} is the snapshot's base itself: nothing has written to it yet, but what the domain writes overwrites the snapshot's saved data. Before you start the domain, define ${back} again (virsh edit)${all ? ", or delete the snapshot's record" : ''}.`,
		};
	}
	return {
		health: all ? 'orphaned' : 'partial',
		reason: `${places} writes directly to the snapshot's base; its saved data is overwritten. ${all ? "Delete the snapshot's record." : 'A revert would mix two points in time.'}`,
	};
}

/**
 * Whether the base of this part is as it was when the snapshot was taken (libvirt notes whole seconds), and its overlay is there: then the
 * definition alone is to be put back where the domain runs on the base itself.
 */
export function isUntouched(
	{source, file}: Pick<RecordedDisk, 'source' | 'file'>,
	createdAt: string | null,
	{writtenAt, isThere}: Pick<Around, 'writtenAt'> & {readonly isThere: (file: string) => boolean},
): boolean {
	const time = source === null ? undefined : writtenAt[source];
	if (time === undefined || createdAt === null || file === null) return false;
	return Date.parse(time) < Date.parse(createdAt) + 2_000 && isThere(file);
}

/** Parts whose base has taken their overlay in. */
function takenIn(disks: readonly Disk[], record: LibvirtSnapshot, {records, writtenAt}: Around): RecordedDisk[] {
	return record.disks.filter(part => part.snapshot === 'external' && isMerged(disks, part, records, writtenAt));
}

function judgeMerged(disks: readonly Disk[], record: LibvirtSnapshot, around: Around): Verdict | null {
	const merged = takenIn(disks, record, around);
	if (merged.length === 0) return null;
	const places = enumerate(merged.map(part => t`${part.target} (${part.source!})`));
	const all = merged.length === record.disks.filter(part => part.snapshot === 'external').length;
	return {
		health: all ? 'orphaned' : 'partial',
		reason: `Later writes were (perhaps only partly) merged into its base in ${places}: deleting it was interrupted. ${all ? '' : 'A revert would mix two points in time. '}Delete it again before you start the domain.`,
	};
}

/**
 * A base that lies deeper in the chain than the layer its overlay really depends on. `snapshot-delete --metadata` of the parent writes
 * that into the records of its children, though nothing was merged (verified on 9.0; found by the walk, seed 7).
 */
function judgeRecord(disks: readonly Disk[], record: LibvirtSnapshot): Verdict | null {
	for (const part of record.disks) {
		const files = disks.find(disk => disk.target === part.target)?.chain.map(image => image.file) ?? [];
		const overlay = part.file === null ? -1 : files.indexOf(part.file);
		if (part.snapshot !== 'external' || part.source === null || overlay === -1) continue;
		if (files.indexOf(part.source) <= overlay + 1) continue;
		return {
			health: 'orphaned',
			reason: t`libvirt's record of ${part.target} names ${part.source} as its base, but its overlay depends on ${files[overlay + 1]!}: a revert would restore another point in time. Delete the snapshot's record.`,
		};
	}
	return null;
}

function judgeTables(disks: readonly Disk[], found: readonly Found[]): Verdict | null {
	const internal = found.filter(({part}) => part.snapshot === 'internal');
	const gone = internal.filter(({part, occurrence}) => occurrence === null && canTell(disks, part));
	if (gone.length === 0) return null;
	const holders = internal.filter(({occurrence}) => occurrence !== null);
	const places = enumerate(gone.map(({part}) => place(part)));
	if (holders.length === 0) {
		return {
			health: 'orphaned',
			reason: `In libvirt's list, but no longer in ${places}. A revert would shut off a running domain; delete the snapshot's record.`,
		};
	}
	const present = enumerate(holders.map(({part}) => part.target));
	return {
		health: 'partial',
		reason: `In ${present}, but no longer in ${places}. A revert would mix two points in time; delete the snapshot.`,
	};
}

/** Whether the table that ought to hold the data was read: not of an image that is unreadable, or that no disk runs on now. */
function canTell(disks: readonly Disk[], part: RecordedDisk): boolean {
	if (part.source !== null) return disks.some(disk => disk.chain.some(image => image.file === part.source));
	return disks.some(disk => disk.target === part.target && disk.chain.length > 0);
}

/** What nobody has looked at is not called sound: its data may be gone, and a revert would then shut a running domain off. */
function judgeUnread(disks: readonly Disk[], record: LibvirtSnapshot): Verdict | null {
	const sentences = record.disks.flatMap(part => {
		const disk = disks.find(({target}) => target === part.target);
		if (disk === undefined) return [];
		if (disk.unreadable && (part.snapshot === 'internal' || part.snapshot === 'external'))
			return [`${part.target} cannot be read: ${sentence(disk.unreadable.reason)} ${sentence(disk.unreadable.remedy)}`];
		if (part.snapshot === 'internal' && !canTell(disks, part))
			return [t`It is in ${part.source ?? ''}, on which ${part.target} does not run now.`];
		return [];
	});
	if (sentences.length === 0) return null;
	return {health: 'unchecked', reason: `Not verified. ${[...new Set(sentences)].join(' ')}`};
}

function place(part: RecordedDisk): string {
	return part.source === null ? part.target : t`${part.target} (${part.source})`;
}

function judgeIdentity(record: LibvirtSnapshot, found: readonly Found[]): Verdict | null {
	const occurrences = found.flatMap(({occurrence}) => occurrence ?? []);
	if (occurrences.length === 0) return null;
	const other = occurrences.find(({entry}) => apart(entry.createdAt, record.createdAt));
	const next = 'Revert and delete go by what the image holds.';
	if (other) {
		return {
			health: 'replaced',
			reason: `libvirt recorded ${formatDate(record.createdAt)}, ${other.target} holds one of ${formatDate(other.entry.createdAt)}: another took its place. ${next}`,
		};
	}
	const holdsMemory = occurrences.some(({entry}) => entry.vmSizeBytes > 0);
	const wantsMemory = record.memory.kind === 'internal';
	if (holdsMemory === wantsMemory || record.memory.kind === 'external') return null;
	const holds = holdsMemory ? 'without memory, but the image holds memory' : 'with memory, but the image holds none';
	return {health: 'replaced', reason: `libvirt recorded a snapshot ${holds}: another took its place. ${next}`};
}

/** Whether they are too far apart in time for one snapshot. */
export function apart(one: string, other: string): boolean {
	return Math.abs(Date.parse(one) - Date.parse(other)) > toleranceMs;
}

/** What is worth knowing of a sound snapshot: the domain's disks are not those of that time. */
function remarks(disks: readonly Disk[], record: LibvirtSnapshot, {records}: Around): string {
	const isHeld = ({snapshot}: RecordedDisk) => snapshot === 'internal' || snapshot === 'external';
	const parts = record.disks.map(part => ({
		...part,
		disk:
			isHeld(part) || part.leftOut ? diskOf(disks, part, records) : disks.find(({target}) => target === part.target),
	}));
	const added = requiredDisks(disks).filter(disk => !parts.some(part => part.disk === disk));
	const removed = parts.filter(part => isHeld(part) && part.disk === undefined);
	const sentences = [
		added.length > 0 ? `Added since, so not in it: ${enumerate(added.map(disk => disk.target))}.` : '',
		removed.length > 0
			? `In it, but no longer part of the domain: ${enumerate(removed.map(part => part.target))}.`
			: '',
		...parts.map(({target, disk}) =>
			disk && disk.target !== target ? `What was ${target} then is ${disk.target} now.` : '',
		),
	];
	return sentences.filter(sentence => sentence !== '').join(' ');
}

/** Disks that a complete snapshot has to cover. */
export function requiredDisks(disks: readonly Disk[]): Disk[] {
	return writableDisks({disks}).filter(disk => disk.snapshotPolicy !== 'no');
}

/** What the tables of the disks say of a snapshot that libvirt has no record of. */
export function judgeUnmanaged(required: readonly Disk[], occurrences: readonly Occurrence[]): Verdict {
	const has = new Set(occurrences.map(({target}) => target));
	const without = required.filter(disk => !has.has(disk.target) && !disk.unreadable);
	const isHidden = ({image, entry}: Occurrence) => image.snapshots.find(({tag}) => tag === entry.tag)?.id !== entry.id;
	const hidden = occurrences.some(isHidden)
		? ' Another snapshot of this tag comes before it, and QEMU uses that one.'
		: '';
	if (without.length > 0) {
		const lacking = enumerate(without.map(disk => disk.target));
		return {
			health: 'partial',
			reason: `In ${enumerate([...has])}, but not in ${lacking}. A revert would mix two points in time; delete the snapshot.${hidden}`,
		};
	}
	const first = occurrences[0]!;
	const odd = occurrences.find(({entry}) => apart(entry.createdAt, first.entry.createdAt));
	const dates = odd ? ` ${first.target} and ${odd.target} were taken at different times.` : '';
	return {
		health: 'unmanaged',
		reason: `Not known to libvirt: made by qemu-img or savevm. Revert and delete here, not with virsh snapshot-revert.${dates}${hidden}`,
	};
}
