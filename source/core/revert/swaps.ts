/** Which new overlay takes the place of which file, where a revert cannot use those that are there. */
import {dirname} from 'node:path/posix';
import {snapshotSources} from '../domain-xml/sources.ts';
import {activeFile, type Disk} from '../model/disk.ts';
import {isActive} from '../model/domain.ts';
import {type Facts, formatOf} from '../model/facts.ts';
import {type Refusal, refuse} from '../model/refusal.ts';
import type {Snapshot, SnapshotDisk} from '../model/snapshot.ts';
import {type Overlay, overlayFiles} from '../planning/file-names.ts';
import {fileExists, isInUse} from '../planning/files.ts';
import {byVirsh} from '../steps/hints.ts';
import {option, remedy} from '../words/remedy.ts';
import {t} from '../words/text.ts';

/** One disk that leaves its active layer for a new overlay. */
export type Swap = {
	readonly disk: Disk;
	/** Null where the domain has no such disk now: it was attached live only, or is detached. */
	readonly old: string | null;
	/** The overlay that the snapshot made. */
	readonly overlay: string | null;
	readonly base: string;
	readonly format: string;
	readonly file: string;
};

/**
 * One for each disk of the snapshot, in its order.
 *
 * @param dir an absolute path; undefined: each beside the overlay that it replaces
 * @param beyond what libvirt does not do, after its name
 */
export function swapsFor(
	facts: Facts,
	snapshot: Snapshot,
	dir: string | undefined,
	beyond: string,
): Swap[] | {refusal: Refusal} {
	const refusal = swapRefusal(facts, snapshot, dir, beyond);
	if (refusal) return {refusal};
	const recorded = snapshotSources(facts.snapshotXml[snapshot.tag] ?? '');
	const disks = snapshot.disks.map(
		part => facts.domain.disks.find(disk => disk.target === part.target) ?? recordedDisk(recorded, part),
	);
	const overlays = freshOverlays(
		facts,
		disks.flatMap((disk, index) => (disk ? [{...disk, source: snapshot.disks[index]!.source ?? disk.source}] : [])),
		snapshot.tag,
		({target}) => dir ?? folderFor(facts, snapshot.disks.find(part => part.target === target)!)!,
	);
	const swaps: Swap[] = [];
	for (const [index, part] of snapshot.disks.entries()) {
		const swap = swapOf(facts, part, {disk: disks[index], recorded, overlays});
		if (!swap) return {refusal: baselessRefusal(snapshot, part)};
		swaps.push(swap);
	}
	return swaps;
}

/** Named after the time of the revert; two within one second are told apart by a number. */
function freshOverlays(
	facts: Facts,
	disks: readonly Disk[],
	tag: string,
	folderOf: (disk: Disk) => string,
): readonly Overlay[] {
	const time = facts.now.slice(0, 19).replaceAll(':', '').replace('T', '-');
	// A very long tag leaves no room for the number: then the names are taken, and that is refused.
	const names = ['', '-2', '-3', '-4'].map(count => overlayFiles(disks, `${tag}-${time}${count}`, folderOf));
	return names.find(free => !free.some(({file}) => fileExists(facts, file) || isInUse(facts, file))) ?? names[0]!;
}

type Recorded = ReturnType<typeof snapshotSources>;

type Around = {
	readonly disk: Disk | undefined;
	readonly recorded: Recorded;
	readonly overlays: readonly Overlay[];
};

/** Null where nothing names the disk or its base. */
function swapOf(facts: Facts, part: SnapshotDisk, {disk, recorded, overlays}: Around): Swap | null {
	const then = recorded.find(candidate => candidate.target === part.target);
	const base = part.source ?? then?.source ?? null;
	const file = overlays.find(overlay => overlay.disk.target === part.target)?.file;
	if (!disk || !file || base === null) return null;
	const present = facts.domain.disks.find(one => one.target === part.target);
	return {
		disk,
		old: present ? activeFile(present) : null,
		overlay: part.file,
		base,
		format: formatOf(facts, base) ?? then?.format ?? 'qcow2',
		file,
	};
}

function baselessRefusal({tag}: Snapshot, {target, file}: SnapshotDisk): Refusal {
	return refuse(
		'no-external-revert',
		t`libvirt's record of ${tag} does not name the base of ${target}.`,
		t`Find the base of its overlay: qemu-img info --backing-chain ${file ?? 'FILE'}`,
	);
}

function swapRefusal(facts: Facts, snapshot: Snapshot, dir: string | undefined, beyond: string): Refusal | null {
	const {domain, host} = facts;
	const homeless = snapshot.disks.find(part => (dir ?? folderFor(facts, part)) === null);
	if (homeless || (dir !== undefined && !dir.startsWith('/'))) {
		return refuse(
			'unsupported-disk',
			homeless
				? `${homeless.target} has no file that its new overlay could stand beside.`
				: t`${dir!} is not an absolute path.`,
			remedy`Give the full path of a folder for overlays: ${option('--dir')}.`,
		);
	}
	if (isActive(domain)) {
		return refuse(
			'wrong-state',
			`libvirt ${host.libvirt} ${beyond}, and virsnap can revert it only while the domain is shut off.`,
			remedy`Shut it down first ${byVirsh(host, 'shutdown', domain)}.`,
		);
	}
	if (host.elsewhere === null) return null;
	return refuse('no-external-revert', `libvirt ${host.libvirt} there ${beyond}.`, 'Run this program on that machine.');
}

/** Beside the overlay that is replaced, else the snapshot's own; never where devices are. Null where there is neither. */
function folderFor({domain, blockDevices}: Facts, {target, file}: SnapshotDisk): string | null {
	const present = domain.disks.find(disk => disk.target === target);
	const overlays = [present ? activeFile(present) : null, file].filter(one => one !== null);
	const beside = overlays.find(one => !blockDevices.includes(one));
	return beside === undefined ? null : dirname(beside);
}

/** A disk that the domain has no more, as the snapshot's record has it. */
function recordedDisk(recorded: Recorded, part: SnapshotDisk): Disk | undefined {
	const then = recorded.find(({target}) => target === part.target);
	if (!then) return undefined;
	return {
		...then,
		source: part.source ?? then.source,
		device: 'disk',
		bus: null,
		type: 'file',
		readonly: false,
		shareable: false,
		transient: false,
		snapshotPolicy: null,
		encrypted: false,
		blockJob: null,
		mirror: null,
		chain: [],
		unreadable: null,
	};
}
