/** Where what a snapshot holds is to be read. */
import {snapshotSources} from '../../domain-xml/sources.ts';
import {type Facts, formatOf} from '../../model/facts.ts';
import {type Refusal, refuse} from '../../model/refusal.ts';
import type {Remedy} from '../../model/remedy.ts';
import type {Snapshot, SnapshotDisk} from '../../model/snapshot.ts';
import {byShell} from '../../steps/hints.ts';
import {remedy} from '../../words/remedy.ts';
import {t} from '../../words/text.ts';
import {healthMeanings} from '../health/meanings.ts';
import {rawTagIn} from '../tag.ts';
import {sizesInWords, sizeThen} from './size-then.ts';

/** One disk as it was. */
export type DiskContent = {
	readonly file: string;
	readonly format: string;
	/** ID and tag of the snapshot inside the file, its tag where that is text; null where the file itself is what is held. */
	readonly inside: {readonly id: string; readonly tag: string | null} | null;
};

/** Its disks; memory is none. */
export const partsOf = ({disks}: Pick<Snapshot, 'disks'>): readonly SnapshotDisk[] =>
	disks.filter(({kind}) => kind !== 'memory');

/** Why nothing can be read of the disks of this snapshot; null where something can. */
export function contentsRefusal(snapshot: Snapshot): Refusal | null {
	const {tag, health, healthReason} = snapshot;
	if (partsOf(snapshot).length === 0)
		return refuse('no-disk', t`${tag} holds memory only, no disk.`, 'Its disks are those of the domain now.');
	if (health === 'ok' || health === 'unmanaged' || health === 'partial') return null;
	return refuse('unhealthy', t`${tag} is ${health}. ${healthReason}`, healthMeanings[health].safe);
}

/** `otherwise`: what to do where it is none that can be read. */
export function diskContentOf(
	facts: Facts,
	snapshot: Snapshot,
	part: SnapshotDisk,
	otherwise: Remedy,
): DiskContent | {readonly refusal: Refusal} {
	const internal = part.kind === 'internal';
	const file = internal ? part.file : part.source;
	if (file === null || !file.startsWith('/') || (internal && part.id === null)) {
		const refusal = refuse(
			'unsupported-disk',
			t`What ${part.target} ran on then is no file of this machine.`,
			otherwise,
		);
		return {refusal};
	}
	const recorded = snapshotSources(facts.snapshotXml[snapshot.tag] ?? '').find(one => one.source === file);
	const format = formatOf(facts, file) ?? recorded?.format ?? (internal ? 'qcow2' : null);
	if (format === null) return {refusal: refuse('unreadable-image', t`The format of ${file} is not known.`, otherwise)};
	const cut = internal ? cutRefusal(facts, part, file) : null;
	if (cut !== null) return {refusal: cut};
	const isText = rawTagIn(facts.domain, part).rawTag === undefined;
	return {file, format, inside: internal ? {id: part.id!, tag: isText ? snapshot.tag : null} : null};
}

/** QEMU reads a snapshot inside an image no further than the image goes now, and says nothing (`convert -l`, `qemu-nbd -l`; 7.2). */
function cutRefusal(facts: Facts, part: SnapshotDisk, file: string): Refusal | null {
	const now = facts.domains.flatMap(({disks}) => disks.flatMap(({chain}) => chain)).find(one => one.file === file);
	const then = sizeThen(facts, part);
	if (now === undefined || then === null || then <= now.virtualSizeBytes) return null;
	const [is, was] = sizesInWords(now.virtualSizeBytes, then);
	return refuse(
		'unreadable-image',
		t`${part.target} had ${was} then and has ${is} now: QEMU would read no more of the snapshot, and cut off the rest.`,
		remedy`Make the disk as large again while the domain is shut off ${byShell(['qemu-img', 'resize', '-f', 'qcow2', file, String(then)])}, or revert to the snapshot.`,
	);
}

/** What is to be known of files that a snapshot goes back to, where it reads these. */
export function contentWarnings(
	facts: Pick<Facts, 'rewritten' | 'pulled'>,
	snapshot: Snapshot,
	files: readonly string[],
): string[] {
	const found = facts.rewritten.filter(({tag, file}) => tag === snapshot.tag && files.includes(file));
	return [
		...found.map(({file}) => t`${file} was written to since: it is not as it was then.`),
		...pulledWarnings(facts, snapshot),
	];
}

/** What is no longer in the image, since it stands on its own. */
export function pulledWarnings({pulled}: Pick<Facts, 'pulled'>, {tag}: Pick<Snapshot, 'tag'>): string[] {
	return pulled
		.filter(one => one.tag === tag)
		.map(
			({file}) =>
				t`${file} stood on another image when the snapshot was taken, and stands on its own now (qemu-img rebase, virsh blockpull): what the snapshot has from below reads as zeros.`,
		);
}
