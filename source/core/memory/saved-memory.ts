/** What plans for memory alone are made of, whichever way it goes. */

import {uuidOf} from '../domain-xml/identity.ts';
import {type Facts, type SaveImage, writableDisks} from '../model/domain.ts';
import {type Refusal, refuse} from '../model/refusal.ts';
import {byVirsh} from '../steps/hints.ts';
import {remedy} from '../words/remedy.ts';
import {enumerate, printable, t} from '../words/text.ts';

/** Refuses to restore or discard a managed save that does not exist. */
export function nothingSaved({domain, host}: Facts, verb: 'restore' | 'drop'): Refusal {
	const next =
		verb === 'restore'
			? remedy`Start it ${byVirsh(host, 'start', domain)}, or give the file (virsnap restore FILE).`
			: 'If its memory is saved in a file, give that file: virsnap drop FILE.';
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
	if (image.changedSince.length === 0) return null;
	return t`${enumerate(image.changedSince.map(printable))} changed after the memory was saved: the guest would resume with other disk contents and corrupt its file systems.`;
}

/** Refuses such a file. */
export function notItsMemory({domain}: Facts, file: string): Refusal {
	return refuse(
		'not-found',
		t`${file} holds no saved memory of ${domain.name}.`,
		'Show whose memory it holds: virsh save-image-dumpxml FILE.',
	);
}
