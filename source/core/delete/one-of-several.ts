/** Deleting one of several snapshots with the same tag: QEMU, qemu-img and libvirt take the first, whichever is meant. */

import {isActive} from '../model/domain.ts';
import type {Facts} from '../model/facts.ts';
import type {DeleteIntent} from '../model/intent.ts';
import {type Refusal, refuse} from '../model/refusal.ts';
import type {Remedy} from '../model/remedy.ts';
import {idOf, type Snapshot} from '../model/snapshot.ts';
import {busyRefusal} from '../planning/refusals/busy.ts';
import {keylessRefusal} from '../planning/refusals/encrypted.ts';
import {remoteRefusal} from '../planning/refusals/remote.ts';
import {unreadableRefusal} from '../planning/refusals/unreadable.ts';
import {dependantsRefusal} from '../snapshots/dependants.ts';
import {findSnapshot, rawTagIn} from '../snapshots/tag.ts';
import {byVirsh, byVirsnap} from '../steps/hints.ts';
import {step} from '../steps/step.ts';
import {remedy} from '../words/remedy.ts';
import {enumerate, formatDate, t} from '../words/text.ts';
import {type Drafted, recordStep} from './delete-step.ts';
import {imagesHolding} from './refusals.ts';

/** The snapshot that is meant; refused where there are several of its tag inside the images and none is chosen by its ID. */
export function chosenSnapshot(
	facts: Facts,
	{tag, id, metadataOnly}: DeleteIntent,
): Snapshot | {readonly refusal: Refusal} {
	const {domain} = facts;
	const found = findSnapshot(domain, tag);
	if ('refusal' in found) return found;
	const several = inImages(domain, tag);
	if (id === undefined) return several.length > 1 && !metadataOnly ? {refusal: whichOf(facts, several)} : found;
	const chosen = several.find(one => idOf(one) === id);
	return chosen ?? {refusal: noSuchId(facts, several, tag, id)};
}

export function isOneOfSeveral({domain}: Facts, {tag}: Snapshot): boolean {
	return inImages(domain, tag).length > 1;
}

/** Those with an ID to tell them by. */
function inImages({snapshots}: Facts['domain'], tag: string): Snapshot[] {
	return snapshots.filter(one => one.tag === tag && idOf(one) !== null);
}

/** The first of them, by `qemu-img snapshot -d`, which deletes the first of that tag (verified on 7.2). */
export function oneOfSeveral(facts: Facts, snapshot: Snapshot): Drafted {
	const {domain, host} = facts;
	const refusal =
		(isActive(domain)
			? refuse(
					'wrong-state',
					t`There are several snapshots ${snapshot.tag}, and while the domain is active QEMU always deletes the first.`,
					remedy`Shut the domain down first ${byVirsh(host, 'shutdown', domain)}.`,
				)
			: null) ??
		remoteRefusal(facts) ??
		busyRefusal(facts) ??
		keylessRefusal(facts, domain.disks) ??
		unreadableRefusal(facts, snapshot) ??
		dependantsRefusal(facts, imagesHolding(snapshot)) ??
		notFirst(facts, snapshot);
	if (refusal) return {refusal};
	const {tag} = snapshot;
	const parts = snapshot.disks.filter(part => part.id !== null && part.file !== null);
	return {
		method: 'qemu-img',
		why: t`There are several snapshots ${tag}: qemu-img deletes the first, of ${formatDate(snapshot.createdAt)}.`,
		steps: [
			...parts.map(({target, id, file}) =>
				step(
					{kind: 'image-snapshot', action: 'delete', tag, id: id!, ...rawTagIn(domain, {id, file}), file: file!},
					{title: t`Delete ${tag} (ID ${id!}) from ${target}`},
				),
			),
			...(snapshot.libvirt ? [recordStep(facts, snapshot)] : []),
		],
		expect: [],
	};
}

/** Where another one of that tag comes before it in an image, that one would be deleted. */
function notFirst({domain}: Facts, {tag, disks}: Snapshot): Refusal | null {
	const images = domain.disks.flatMap(disk => disk.chain);
	const firsts = disks.map(({file, id}) => {
		const first = images.find(image => image.file === file)?.snapshots.find(entry => entry.tag === tag);
		return first !== undefined && id !== null && first.id !== id ? first.id : null;
	});
	const first = firsts.find(id => id !== null);
	if (first === undefined) return null;
	return refuse(
		'ambiguous-tag',
		t`qemu-img can delete only the first snapshot ${tag} of an image, which has the ID ${first!}.`,
		remedy`To delete both, delete that one first ${byVirsnap(['delete', domain.name, tag], null, [`--id=${first!}`])}.`,
	);
}

function whichOf({domain}: Facts, several: readonly Snapshot[]): Refusal {
	const {tag} = several[0]!;
	const words = several.map(one => {
		const record = one.libvirt ? ', with the record of libvirt' : '';
		return t`ID ${idOf(one)!} of ${formatDate(one.createdAt)}${record}`;
	});
	return refuse('ambiguous-tag', t`There are several snapshots ${tag}: ${enumerate(words)}.`, choices(domain, several));
}

function noSuchId({domain}: Facts, several: readonly Snapshot[], tag: string, id: string): Refusal {
	return refuse('not-found', t`No snapshot ${tag} has the ID ${id}.`, choices(domain, several));
}

function choices({name}: Facts['domain'], several: readonly Snapshot[]): Remedy {
	const ways = several.map(one => byVirsnap(['delete', name, one.tag], null, [`--id=${idOf(one)!}`]));
	return ways.reduce<Remedy>(
		(text, way) => remedy`${text} ${way}`,
		'Choose one by its ID, while the domain is shut off:',
	);
}
