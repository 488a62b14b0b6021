/** Deleting libvirt's record alone. */

import {externalMethod} from '../create/methods.ts';
import type {Facts} from '../model/facts.ts';
import type {DeleteIntent} from '../model/intent.ts';
import {refuse} from '../model/refusal.ts';
import type {Snapshot} from '../model/snapshot.ts';
import {descendantsOf} from '../snapshots/family.ts';
import {enumerate, printable, t} from '../words/text.ts';
import {absenceOf, type Drafted, deepestFirst, lossOf, recordStep, removal} from './delete-step.ts';
import {deleteFirst, misledBy} from './forgettable.ts';
import {memoryFiles} from './layers.ts';

/** `--metadata`: libvirt forgets it, images and files stay as they are. */
export function recordOnly(facts: Facts, snapshot: Snapshot, intent: DeleteIntent): Drafted {
	if (!snapshot.libvirt)
		return {refusal: refuse('method-mismatch', 'libvirt has no record of it.', 'Omit --metadata-only.')};
	const descendants = intent.children ? descendantsOf(facts, snapshot) : [];
	const gone = [snapshot, ...descendants];
	const misled = misledBy(facts, snapshot, gone);
	if (misled.length > 0) {
		const names = enumerate(misled.map(one => printable(one.tag)));
		return {
			refusal: refuse(
				'has-children',
				`Without it libvirt would write another base into its record of ${names}, and a revert there would bring back another point in time.`,
				deleteFirst(facts, misled),
			),
		};
	}
	const dead = (one: Snapshot) => one.health === 'orphaned' || one.health === 'missing-files';
	// What is inside the images stays in the list, as one that libvirt does not know (walk, seed 5).
	const staying = gone.filter(one => one.kind === 'internal' && !dead(one));
	const sound = gone.filter(one => !dead(one));
	const names = enumerate(sound.map(one => printable(one.tag)));
	const leftovers = gone.flatMap(one => (one.kind === 'external' ? existingParts(facts, one) : []));
	return {
		method: snapshot.kind === 'external' ? externalMethod(snapshot) : 'libvirt-internal',
		why: dead(snapshot)
			? `${snapshot.healthReason} Only the record is left to delete.`
			: "Only libvirt's record was requested; the data in the images stays.",
		steps: deepestFirst(gone).map(one => recordStep(facts, one)),
		losses: [
			...(sound.length > 0 ? [`libvirt's record of ${names}: the domain's definition of that time.`] : []),
			...gone.filter(dead).map(lossOf),
		],
		warnings: [
			...staying.map(one =>
				one === snapshot
					? 'The snapshot itself stays in the images, unknown to libvirt.'
					: t`${one.tag} itself stays in the images, unknown to libvirt.`,
			),
			...leftovers.map(file => t`${file} stays on disk.`),
		],
		expect: gone.map(one =>
			staying.includes(one) ? {kind: 'no-snapshot', tag: one.tag, libvirt: true} : absenceOf(facts, one),
		),
	};
}

/** One that holds memory only, in a file of its own: no disk knows of it. */
export function memoryDelete(facts: Facts, snapshot: Snapshot): Drafted {
	const cleaning = removal(facts, memoryFiles(snapshot));
	return {
		method: 'memory',
		why: 'It holds memory only: its record and its memory file go, and no disk changes.',
		steps: [recordStep(facts, snapshot), ...cleaning.steps],
		warnings: cleaning.warnings,
	};
}

/** Overlays that are in a present chain, so surely there. */
function existingParts({domain}: Facts, snapshot: Snapshot): string[] {
	const inUse = new Set(domain.disks.flatMap(disk => disk.chain.map(image => image.file)));
	return snapshot.disks.flatMap(part =>
		part.kind === 'external' && part.file !== null && inUse.has(part.file) ? [part.file] : [],
	);
}
