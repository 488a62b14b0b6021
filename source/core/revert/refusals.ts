/** Why a snapshot cannot be gone back to, whatever the way. */

import {activeFile} from '../model/disk.ts';
import {isActive} from '../model/domain.ts';
import type {Facts} from '../model/facts.ts';
import {sameFile} from '../model/files.ts';
import {type Refusal, refuse} from '../model/refusal.ts';
import type {Snapshot} from '../model/snapshot.ts';
import {strandedOn} from '../snapshots/dependants.ts';
import {diskOf, isThere, runsOn} from '../snapshots/family.ts';
import {isUntouched} from '../snapshots/health/bases.ts';
import {keptRefusal} from '../snapshots/kept.ts';
import {byDelete, byVirsh} from '../steps/hints.ts';
import {remedy} from '../words/remedy.ts';
import {formatDate, t} from '../words/text.ts';

/** No revert under a managed save, nor of a domain between two states. */
export function revertStateRefusal({domain, host}: Facts): Refusal | null {
	if (domain.managedSave || domain.state === 'saved') {
		return refuse(
			'saved-memory',
			'The domain has a managed save, which would resume with other disk contents.',
			remedy`Discard the saved memory first ${byVirsh(host, 'managedsave-remove', domain)}.`,
		);
	}
	if (['running', 'idle', 'paused', 'shut off'].includes(domain.state)) return null;
	return refuse(
		'wrong-state',
		`The domain is ${domain.state}.`,
		domain.state === 'crashed'
			? remedy`Force it off first ${byVirsh(host, 'destroy', domain)}.`
			: remedy`Wait, or force it off ${byVirsh(host, 'destroy', domain)}.`,
	);
}

/** A snapshot of which parts are gone leads nowhere. */
export function healthRefusal(facts: Facts, snapshot: Snapshot): Refusal | null {
	const reasons: Partial<Record<Snapshot['health'], string>> = {
		orphaned: `${snapshot.healthReason}`,
		partial: `${snapshot.healthReason}`,
		'missing-files': `${snapshot.healthReason}`,
	};
	const reason = reasons[snapshot.health];
	if (reason === undefined) return null;
	const {domain, host, writtenAt} = facts;
	const onBase = snapshot.disks.filter(({kind, source}) => kind === 'external' && source && runsOn(facts, source));
	const isPresent = (file: string) => isThere(facts, file);
	// Its data is there as long as nothing has written to its base.
	if (onBase.length > 0 && onBase.every(part => isUntouched(part, snapshot.createdAt, {writtenAt, isThere: isPresent})))
		return refuse('unhealthy', reason, remedy`Put the definition right first ${byVirsh(host, 'edit', domain)}.`);
	return refuse('unhealthy', reason, remedy`Delete it ${byDelete(domain, snapshot.tag)}.`);
}

/** It looks whole, and is a mixture of two points in time. */
export function spoiledRefusal({domain, spoiled}: Facts, snapshot: Snapshot): Refusal | null {
	const found = spoiled.find(({tag}) => tag === snapshot.tag);
	if (!found) return null;
	return refuse(
		'unhealthy',
		`Deleting it was aborted (${found.receipt}): later writes may be partly merged into its base.`,
		remedy`Finish the delete ${byDelete(domain, snapshot.tag)}.`,
	);
}

/** Somebody else has written to a base of it: `virsh blockcommit --keep-overlay`, qemu-img, a mount. */
export function isRewritten({rewritten}: Pick<Facts, 'rewritten'>, {tag}: Snapshot): boolean {
	return rewritten.some(one => one.tag === tag);
}

/** What that means, for each such base. */
export function rewrittenWarnings({rewritten}: Pick<Facts, 'rewritten'>, {tag, memoryFile}: Snapshot): string[] {
	const found = rewritten.filter(one => one.tag === tag);
	const then = memoryFile === null ? '' : ' Its memory would resume with other disk contents and corrupt file systems.';
	return found.map(
		({file, at}) =>
			t`${file} was written to at ${formatDate(at)}, after the snapshot was taken and not by virsnap: it may not hold what it held then.${then}`,
	);
}

/** Everything about a disk goes by its target: under another one it would not go back, and what has its target now would. */
export function retargetedRefusal(facts: Facts, snapshot: Snapshot): Refusal | null {
	const {domain, host} = facts;
	const same = (one: string, other: string) => sameFile(facts, one, other);
	for (const part of [...snapshot.disks, ...snapshot.leftOut.map(one => ({...one, file: null}))]) {
		const disk = diskOf(domain.disks, part, domain.snapshots, same);
		if (!disk || disk.target === part.target) continue;
		const taken = domain.disks.some(({target}) => target === part.target);
		const first = isActive(domain)
			? remedy`Shut the domain down ${byVirsh(host, 'shutdown', domain)}, then give`
			: 'Give';
		return refuse(
			'unsupported-disk',
			t`The disk that was ${part.target} in this snapshot is ${disk.target} now${taken ? t`, and ${part.target} is another one` : ''}.`,
			remedy`${first} it the target ${part.target} again ${byVirsh(host, 'edit', domain)}${taken ? ', and the other one another target' : ''}.`,
		);
	}
	return null;
}

/** Data in a lower layer: going back would rewrite the base under the overlays that depend on it. */
export function sharedBaseRefusal({domain}: Facts, snapshot: Snapshot): Refusal | null {
	for (const part of snapshot.disks) {
		const disk = domain.disks.find(candidate => candidate.target === part.target);
		if (!disk) {
			return refuse(
				'unsupported',
				`${part.target} is no longer part of the domain.`,
				'Attach the disk again first: virsh attach-disk.',
			);
		}
		if (part.file === null || part.file === activeFile(disk)) continue;
		if (!disk.chain.some(image => image.file === part.file)) continue;
		return refuse(
			'has-dependants',
			t`It is in ${part.file}, and ${activeFile(disk)} depends on that: reverting would corrupt the overlay.`,
			remedy`First delete the external snapshots made since ${byDelete(domain)}: that merges their overlays into it.`,
		);
	}
	return null;
}

/** Overlays that an earlier revert left: other snapshots need the image under them as it is. */
export function strandedRefusal(facts: Facts, snapshot: Snapshot): Refusal | null {
	const {domain} = facts;
	const stranded = strandedOn(domain, recordedFiles(snapshot))[0];
	if (!stranded) return keptRefusal(facts, recordedFiles(snapshot), []);
	return refuse(
		'has-dependants',
		t`${stranded.file}, the overlay of snapshot ${stranded.snapshot.tag}, depends on the image that this overwrites.`,
		remedy`Delete ${stranded.snapshot.tag} first ${byDelete(domain, stranded.snapshot.tag)}.`,
	);
}

/** The files that its disks are recorded with. */
export function recordedFiles(snapshot: Snapshot): string[] {
	return snapshot.disks.flatMap(part => part.file ?? []);
}

/** The snapshot tables of the images that hold it. */
export function tablesOf({domain}: Facts, snapshot: Snapshot) {
	const files = recordedFiles(snapshot);
	return domain.disks.flatMap(disk =>
		disk.chain.filter(image => files.includes(image.file)).map(image => image.snapshots),
	);
}
