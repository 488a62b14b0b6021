/** Images that only another machine has. */

import {type Facts, isRemote} from '../../model/domain.ts';
import {type Refusal, refuse} from '../../model/refusal.ts';

/** Why qemu-img cannot work on the images; null where they are on this machine. */
export function remoteRefusal({host}: Pick<Facts, 'host'>, remedy = 'Run it there.'): Refusal | null {
	if (!isRemote(host.uri)) return null;
	return refuse('unsupported', 'The images are on another machine, where this program runs no qemu-img.', remedy);
}
