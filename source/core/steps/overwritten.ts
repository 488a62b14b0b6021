/** What a step that writes a whole definition has put in the place of what somebody else wrote a moment before. */
import {domainSources, recordedBelow} from '../domain-xml/sources.ts';
import type {DoesOf, PlacedDisk} from '../model/does.ts';
import {leavingBy} from './shared-steps.ts';

/** What was written to a definition from before the step's last reading until its command had ended, its own among it. */
export type Writes = {
	/** The definition after each of them, in order. */
	readonly texts: readonly string[];
	/** Whether there were more of them than texts: one was gone again before it could be read, or is no definition. */
	readonly missed: boolean;
};

/**
 * Null where the step has overwritten nothing. `theirs`: the definition that is to be put back; null where that would overwrite what was
 * written since, or where nobody could read it.
 */
export function overwritten(does: DoesOf<'define'>, {texts, missed}: Writes): {readonly theirs: string | null} | null {
	if (missed) return {theirs: null};
	const found = texts.findIndex(text => isAsPut(does, text));
	// libvirt may write a source in its own words: then the last one is taken for ours.
	const ours = found === -1 ? texts.length - 1 : found;
	if (ours <= 0) return null;
	return {theirs: ours === texts.length - 1 ? texts[ours - 1]! : null};
}

/** Whether a definition has what the step puts into it, so that it is the step's own or stands on that. */
function isAsPut(does: DoesOf<'define'>, text: string): boolean {
	const disks = domainSources(text);
	const below = recordedBelow(text);
	const isPut = ({target, file, as}: PlacedDisk) => {
		const source = as?.type === 'volume' ? `volume:${as.pool}/${as.volume}` : file;
		return disks.some(disk => disk.target === target && disk.source === source) && !below.has(target);
	};
	const leaving = leavingBy(does);
	return does.disks.every(isPut) && !disks.some(({target}) => leaving.includes(target));
}
