/** What each disk of a clone is made from: a disk of the domain as it is, or as a snapshot has it. */

import {activeFile, type Image} from '../model/disk.ts';
import {writableDisks} from '../model/domain.ts';
import type {Facts} from '../model/facts.ts';
import type {Refusal} from '../model/refusal.ts';
import type {Snapshot} from '../model/snapshot.ts';
import {type DiskContent, diskContentOf, partsOf} from '../snapshots/contents/content.ts';

/** One disk. `bytes`: what a copy of it takes at most, about. */
export type Origin = DiskContent & {readonly target: string; readonly bytes: number};

/** The disks that the domain writes to. */
export function presentOrigins({domain}: Pick<Facts, 'domain'>): Origin[] {
	return writableDisks(domain).map(disk => ({
		target: disk.target,
		file: activeFile(disk),
		format: disk.chain[0]?.format ?? disk.format,
		inside: null,
		bytes: copyBytes(disk.chain[0]?.virtualSizeBytes ?? 0, disk.chain),
	}));
}

/** The disks that a snapshot holds. */
export function snapshotOrigins(facts: Facts, snapshot: Snapshot): readonly Origin[] | {readonly refusal: Refusal} {
	const origins: Origin[] = [];
	for (const part of partsOf(snapshot)) {
		const content = diskContentOf(facts, snapshot, part, 'Clone the present disks instead, without a snapshot.');
		if ('refusal' in content) return content;
		const layers = layersFrom(facts, content.file);
		const {inside} = content;
		const then = inside && layers[0]?.snapshots.find(({id}) => id === inside.id)?.diskBytes;
		origins.push({
			target: part.target,
			...content,
			bytes: copyBytes(then ?? sizeOf(facts, part.target, layers), layers),
		});
	}
	return origins;
}

/** The image and what is below it; empty where no disk has it in its chain. */
function layersFrom({domains}: Pick<Facts, 'domains'>, file: string): readonly Image[] {
	for (const {chain} of domains.flatMap(({disks}) => disks)) {
		const depth = chain.findIndex(image => image.file === file);
		if (depth >= 0) return chain.slice(depth);
	}
	return [];
}

/** Of an image that no disk has now, that of the disk that had it. */
function sizeOf({domain}: Pick<Facts, 'domain'>, target: string, layers: readonly Image[]): number {
	const now = domain.disks.find(disk => disk.target === target)?.chain[0];
	return (layers[0] ?? now)?.virtualSizeBytes ?? 0;
}

/** What its layers occupy, but no more than the whole disk; with the tables of a new qcow2. */
function copyBytes(virtualBytes: number, layers: readonly Image[]): number {
	const occupied = layers.reduce((sum, image) => sum + image.actualSizeBytes, 0);
	const data = layers.length === 0 ? virtualBytes : Math.min(virtualBytes, occupied);
	return data + Math.ceil(data / 4096) + 1024 ** 2;
}
