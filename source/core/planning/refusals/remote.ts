/** Images that only another machine has. */

import type {Facts} from '../../model/facts.ts';
import {type Refusal, refuse} from '../../model/refusal.ts';
import {t} from '../../words/text.ts';

/** Why qemu-img cannot work on the images; null where they are on this machine. */
export function remoteRefusal({host}: Pick<Facts, 'host'>, remedy = 'Run it there.'): Refusal | null {
	if (host.elsewhere === null) return null;
	return refuse(
		'unsupported',
		t`The images are not on this machine, as far as can be seen: ${host.elsewhere}.`,
		remedy,
	);
}
