/** What plans for memory alone are made of, whichever way it goes. */

import {uuidOf} from '../domain-xml/identity.ts';
import type {Facts, SaveImage} from '../model/domain.ts';
import {type Refusal, refuse} from '../model/refusal.ts';
import {byVirsh} from '../steps/hints.ts';
import {remedy} from '../words/remedy.ts';
import {t} from '../words/text.ts';

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

/** Refuses such a file. */
export function notItsMemory({domain}: Facts, file: string): Refusal {
	return refuse(
		'not-found',
		t`${file} holds no saved memory of ${domain.name}.`,
		'Show whose memory it holds: virsh save-image-dumpxml FILE.',
	);
}
