/** What becomes of an overlay that the domain leaves in a revert, and of the snapshots inside it. */

import type {Facts} from '../model/facts.ts';
import {dependantsOf} from '../snapshots/dependants.ts';
import {keptOn} from '../snapshots/kept.ts';
import {enumerate, plural, printable, t} from '../words/text.ts';

/** One sentence or two: that it stays, and how one gets back to what is inside it. */
export function leftOverlay(facts: Facts, file: string): string {
	const inside = facts.domain.snapshots.filter(({disks}) =>
		disks.some(part => part.kind === 'internal' && part.file === file),
	);
	if (inside.length === 0) return t`${file} stays on disk, with all later writes; ${usesOfLeft(facts, file)}.`;
	const recorded = inside.filter(({libvirt}) => libvirt).map(({tag}) => tag);
	const unknown = inside.filter(({libvirt}) => !libvirt).map(({tag}) => tag);
	return [
		t`${file} stays on disk, with all later writes and ${snapshots(inside.map(({tag}) => tag))} inside it.`,
		...(recorded.length > 0
			? [`Reverting to ${enumerate(recorded.map(printable))} runs the domain on that file again.`]
			: []),
		...(unknown.length > 0
			? [
					`libvirt does not know ${enumerate(unknown.map(printable))}: listed only while the domain runs on that file; undo this revert to get there.`,
				]
			: []),
	].join(' ');
}

/** Whatever else depends on it still does, the overlay among it that the domain goes back to. */
function usesOfLeft(facts: Facts, file: string): string {
	const clones = dependantsOf(facts, [file]).map(({domain}) => domain.name);
	const users = [...new Set([...keptOn(facts, [file]).map(one => one.file), ...clones])];
	if (users.length === 0) return 'nothing uses it any more';
	return `${enumerate(users.map(printable))} ${plural(users.length, 'depends', 'depend')} on it, so do not delete it`;
}

function snapshots(tags: readonly string[]): string {
	return `${plural(tags.length, 'snapshot', 'snapshots')} ${enumerate(tags.map(printable))}`;
}
