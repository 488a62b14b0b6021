/** Which tags a snapshot may be given, and which of those that exist mean one thing only. */

import type {ImageSnapshot} from '../model/disk.ts';
import {type Domain, writableDisks} from '../model/domain.ts';
import type {Facts} from '../model/facts.ts';
import {type Refusal, refuse} from '../model/refusal.ts';
import {idOf, type Snapshot, type SnapshotDisk} from '../model/snapshot.ts';
import {byDelete, byVirsh, byVirsnap} from '../steps/hints.ts';
import {remedy} from '../words/remedy.ts';
import {cutBytes, printable, t, utf8Length} from '../words/text.ts';
import {apart} from './health/identity.ts';

/**
 * Longest tag in bytes: libvirt writes its metadata through NAME.xml.new, and a file name has 255. One byte more and libvirt
 * fails but leaves the snapshot in the images (verified on libvirt 9.0); qemu-img cuts off at 255 without a word.
 */
export const longestTag = 247;

/**
 * The tag proposed where none was given, from the plan's own time (UTC): `snap-1126-0253`, which a list of 80 columns shows whole; with
 * seconds where that is taken, then with a counter.
 */
export function proposeTag({domain, now}: Pick<Facts, 'domain' | 'now'>): string {
	const [, month, day, hour, minute, second] = /^\d+-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)/.exec(now)!;
	const short = `snap-${month}${day}-${hour}${minute}`;
	return knownTags(domain).includes(short) ? firstFree(domain, `${short}${second}`) : short;
}

/** The tag of the snapshot that a revert with a safety net takes first. */
export function safetyTag(facts: Pick<Facts, 'domain' | 'now'>, tag: string): string {
	const time = facts.now.slice(0, 19).replaceAll(':', '').replace('T', '-');
	const tail = `-before-revert-${time}`;
	return firstFree(facts.domain, `${cutBytes(tag, longestTag - tail.length - 4)}${tail}`);
}

function firstFree(domain: Domain, stem: string): string {
	const taken = new Set(knownTags(domain));
	let tag = stem;
	for (let count = 2; taken.has(tag); count++) tag = `${stem}-${count}`;
	return tag;
}

/** Of a tag that was typed, or stands in a variable that is not set: nobody asked for another one. */
export const emptyTag: Refusal = refuse(
	'bad-tag',
	'The tag is empty.',
	'Choose a tag, such as before-upgrade, or leave it out to get one made of the date and time.',
);

/** Why no snapshot can be created under this tag; null where it can. */
export function tagRefusal(domain: Domain, tag: string): Refusal | null {
	const bad = badTag(tag);
	if (bad) return refuse('bad-tag', `The tag ${bad}.`, 'Choose another tag, such as before-upgrade.');
	if (knownTags(domain).includes(tag)) {
		return refuse(
			'tag-exists',
			t`There is a snapshot ${tag} already.`,
			'Choose another tag, or delete that one first.',
		);
	}
	if (knownIds(domain).includes(tag)) {
		return refuse(
			'ambiguous-tag',
			t`${tag} is the ID of another snapshot.`,
			'Choose another tag, such as before-upgrade.',
		);
	}
	return null;
}

/** Whether QEMU takes the tag as part of a job's name (util/id.c, id_wellformed). */
export function isJobTag(tag: string): boolean {
	return /^[A-Za-z0-9._-]*$/.test(tag);
}

/** What is wrong with the tag, to follow "The tag"; null where nothing is. */
function badTag(tag: string): string | null {
	if (tag === '') return 'is empty';
	if (tag !== tag.trim()) return 'begins or ends with a space';
	// qemu-img takes a number for a snapshot's ID first.
	if (/^\d+$/.test(tag)) return 'is a number, which QEMU would take for the ID of a snapshot';
	// libvirt names its metadata file after the snapshot, and refuses hidden ones.
	if (tag.includes('/')) return 'holds a slash, which libvirt refuses';
	if (tag.startsWith('.')) return 'begins with a dot, which libvirt refuses';
	// libvirt 9.0 hands these to the monitor unquoted and then reports a snapshot that is not there.
	if (/["\\]/.test(tag)) return 'holds a double quote or a backslash, which libvirt loses on the way to QEMU';
	if (printable(tag) !== tag) return 'holds control or invisible characters';
	if (utf8Length(tag) > longestTag) return `is longer than ${longestTag} bytes, the most that libvirt can store`;
	return null;
}

/**
 * Why `qemu-img snapshot -a` or `-d` could mean another snapshot of these images; null where it cannot. `-a` takes an ID
 * before a tag, `-d` the tag before an ID, and either the first of two alike (verified on qemu-img 7.2).
 */
export function ambiguity(
	tables: readonly (readonly {readonly id: string; readonly tag: string}[])[],
	tag: string,
	domain: Pick<Domain, 'uuid' | 'name'>,
): Refusal | null {
	for (const table of tables) {
		if (table.filter(entry => entry.tag === tag).length > 1) {
			return refuse(
				'ambiguous-tag',
				t`${tag} occurs more than once in this image, and QEMU always uses the first.`,
				remedy`Delete all but one of them ${byDelete(domain, tag)}: that shows how to choose.`,
			);
		}
		if (table.some(entry => entry.id === tag && entry.tag !== tag)) {
			return refuse(
				'ambiguous-tag',
				t`${tag} is also the ID of another snapshot in the same image, and QEMU would take that one.`,
				'Delete the snapshot that has this ID first, or work on the image with care: qemu-img snapshot -l shows IDs and tags.',
			);
		}
	}
	return null;
}

/** The snapshot of that tag, by `id` the one that has this ID in an image. */
export function meantSnapshot(
	domain: Domain,
	{tag, id}: {readonly tag: string; readonly id?: string},
): Snapshot | {readonly refusal: Refusal} {
	if (id === undefined) return findSnapshot(domain, tag);
	const found = domain.snapshots.find(one => one.tag === tag && idOf(one) === id);
	if (found) return found;
	const list = remedy`See the snapshots with their IDs ${byVirsnap(['list', domain.name, '--json'])}.`;
	return {refusal: refuse('not-found', t`No snapshot ${tag} has the ID ${id}.`, list)};
}

/** The snapshot of that tag: the one libvirt knows before others, and the one that QEMU takes before those behind it. */
export function findSnapshot(domain: Domain, tag: string): Snapshot | {readonly refusal: Refusal} {
	const named = domain.snapshots.filter(snapshot => snapshot.tag === tag);
	const found = named.find(snapshot => snapshot.libvirt) ?? named.sort((a, b) => a.duplicates - b.duplicates)[0];
	if (found) return found;
	const refusal: Refusal = refuse(
		'not-found',
		t`${domain.name} has no snapshot ${tag}.`,
		remedy`List its snapshots ${byVirsnap(['list', domain.name])}.`,
	);
	return {refusal};
}

/** Every tag that libvirt or any layer of any disk knows. */
function knownTags(domain: Domain): string[] {
	return [...domain.snapshots.map(snapshot => snapshot.tag), ...entries(domain).map(entry => entry.tag)];
}

function knownIds(domain: Domain): string[] {
	return entries(domain).map(entry => entry.id);
}

function entries(domain: Domain) {
	return domain.disks.flatMap(disk => disk.chain.flatMap(image => image.snapshots));
}

/** The tag of a disk's part as printf(1) takes it, for a step; empty where the tag is text. */
export function rawTagIn({disks}: Domain, {file, id}: Pick<SnapshotDisk, 'file' | 'id'>): {readonly rawTag?: string} {
	const image = disks.flatMap(({chain}) => chain).find(one => one.file === file);
	const rawTag = image?.snapshots.find(entry => entry.id === id)?.rawTag ?? null;
	return rawTag === null ? {} : {rawTag};
}

/** QEMU's monitor speaks JSON, and so text. */
export function rawTagRefusal({domain, host}: Pick<Facts, 'domain' | 'host'>, {disks}: Snapshot): Refusal | null {
	if (!disks.some(part => rawTagIn(domain, part).rawTag !== undefined)) return null;
	return refuse(
		'wrong-state',
		'Its tag is not valid UTF-8, and QEMU takes no other while the domain is active.',
		remedy`Shut the domain down first ${byVirsh(host, 'shutdown', domain)}.`,
	);
}

/** QEMU's monitor takes every writable disk: also one that is excluded from snapshots and has another one of that tag. */
export function otherTagRefusal({domain, host}: Pick<Facts, 'domain' | 'host'>, snapshot: Snapshot): Refusal | null {
	const {tag, createdAt, disks, libvirt} = snapshot;
	const held = new Set(disks.map(({target}) => target));
	const isOther = (entry: ImageSnapshot) => entry.tag === tag && apart(entry.createdAt, createdAt ?? '');
	const other = writableDisks(domain).find(
		({target, chain}) => !libvirt && !held.has(target) && chain[0]?.snapshots.some(isOther),
	);
	if (!other) return null;
	return refuse(
		'ambiguous-tag',
		t`${other.target} has another snapshot ${tag}, which QEMU would take as well while the domain is active.`,
		remedy`Shut the domain down first ${byVirsh(host, 'shutdown', domain)}.`,
	);
}
