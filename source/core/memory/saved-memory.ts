/** What plans for memory alone are made of, whichever way it goes. */

import {uuidOf} from '../domain-xml/identity.ts';
import {isActive, writableDisks} from '../model/domain.ts';
import type {Facts, SaveImage} from '../model/facts.ts';
import {type Refusal, refuse} from '../model/refusal.ts';
import {byVirsh, byVirsnap} from '../steps/hints.ts';
import {remedy} from '../words/remedy.ts';
import {enumerate, formatDate, printable, t} from '../words/text.ts';

/** Refuses to restore or discard a managed save that does not exist. */
export function nothingSaved({domain, host}: Facts, verb: 'restore' | 'drop'): Refusal {
	const next =
		verb === 'restore'
			? remedy`Start it ${byVirsh(host, 'start', domain)}, or give the file ${byVirsnap(['restore', 'FILE'])}.`
			: remedy`If its memory is saved in a file, give that file ${byVirsnap(['drop', 'FILE'])}.`;
	return refuse('not-found', t`${domain.name} has no managed save.`, next);
}

/** What the file holds of this domain's memory; null where it holds none, or another domain's. */
export function imageOf({domain, saveImages}: Facts, file: string): SaveImage | null {
	const image = saveImages[file];
	return image && uuidOf(image.xml) === domain.uuid ? image : null;
}

/** Why the disks are not those that the memory in this file goes with; null where they are, as far as their files show. */
export function changedReason(facts: Facts, file: string): string | null {
	const image = imageOf(facts, file);
	if (!image) return null;
	const then = new Map(image.sources.map(({target, source}) => [target, source]));
	const moved = writableDisks(facts.domain).filter(disk => then.get(disk.target) !== disk.source);
	if (moved.length > 0)
		return `${enumerate(moved.map(disk => disk.target))} got another source after the memory was saved: the guest would resume with other disk contents.`;
	const changed = [...new Set([...image.changedSince, ...(facts.writtenBehind[file] ?? [])])];
	if (changed.length === 0) return null;
	return t`${enumerate(changed.map(printable))} changed after the memory was saved: the guest would resume with other disk contents and corrupt its file systems.`;
}

/**
 * libvirt takes no lock on the disks of a domain whose memory is saved, and resumes it whatever has become of them.
 *
 * @returns null as well where the file of the managed save cannot be looked at
 */
export function changedUnderSaveRefusal(facts: Facts): Refusal | null {
	const {domain, host} = facts;
	const file = domain.savedMemory?.file;
	const reason = file === undefined ? null : changedReason(facts, file);
	if (reason === null) return null;
	return refuse(
		'disks-changed',
		reason,
		remedy`Put the disks back as they were. Or discard the managed save ${byVirsnap(['drop', domain.name], 'memory')}, and start the domain from its disks as they are now ${byVirsh(host, 'start', domain)}.`,
	);
}

/** Refuses such a file. */
export function notItsMemory({domain}: Facts, file: string): Refusal {
	return refuse(
		'not-found',
		t`${file} holds no saved memory of ${domain.name}.`,
		'Show whose memory it holds: virsh save-image-dumpxml FILE.',
	);
}

/**
 * A sentence for each file with memory of this domain that fits its disks now: what changes the disks spoils it. The files of external
 * checkpoints go with these.
 *
 * @param loaded the one that the domain is to resume from
 */
export function spoiledMemory(facts: Facts, loaded?: string): string[] {
	const {domain, saveImages} = facts;
	if (isActive(domain)) return [];
	// A plan that spoils the managed save says so by itself.
	const recorded = [loaded, domain.savedMemory?.file, ...domain.snapshots.map(({memoryFile}) => memoryFile)];
	const others = Object.keys(saveImages).filter(file => !recorded.includes(file) && imageOf(facts, file) !== null);
	return others
		.filter(file => changedReason(facts, file) === null)
		.map(
			file =>
				t`The memory in ${file}, saved ${formatDate(saveImages[file]!.writtenAt)}, fits the disks as they are now, and not after this. If you need it, restore it first.`,
		);
}
