/** What a new file takes over from the one it is made like. */
import type {TakenOver} from '../../model/does.ts';
import type {Facts} from '../../model/facts.ts';

export const takenOverWords = ['mode', 'mode,ownership'] as const satisfies readonly TakenOver[];

/**
 * libvirt of the system gives the files of a domain their owner itself when the domain starts, and may let us name none.
 */
export function takenOver({host}: Pick<Facts, 'host'>): TakenOver {
	return host.system ? 'mode' : 'mode,ownership';
}
