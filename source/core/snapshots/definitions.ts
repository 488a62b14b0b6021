/** What a definition says of the layers below a disk (`<backingStore>`), held against its chain. */
import type {Backing, Disk, Pending} from '../model/disk.ts';
import type {Domain} from '../model/domain.ts';
import {type Identified, sameFile} from '../model/files.ts';
import {t} from '../words/text.ts';

/**
 * The first file that the definition has where the chain has another, or none, or takes for another format; null where they agree, or where
 * the chain could not be read.
 */
export function strayLayer(
	{chain, unreadable, blockJob}: Pick<Disk, 'chain' | 'unreadable' | 'blockJob'>,
	{files, formats = [], whole}: Backing,
	facts: Identified,
): string | null {
	// A job that changes the chain changes the definition when it ends.
	if (unreadable !== null || blockJob !== null || chain.length === 0) return null;
	const below = chain.slice(1);
	const stray = files.find(
		(file, index) => !sameFile(facts, file, below[index]?.file) || isOtherFormat(formats[index], below[index]!.format),
	);
	if (stray !== undefined) return stray;
	return whole && files.length < below.length ? (files.at(-1) ?? chain[0]!.file) : null;
}

/** QEMU reads the one as the other without a word. What else there is has several names (LUKS is raw in a definition). */
function isOtherFormat(defined: string | null | undefined, format: string): boolean {
	const plain = ['raw', 'qcow2'];
	return defined != null && defined !== format && plain.includes(defined) && plain.includes(format);
}

type Defined = Pick<Disk, 'target' | 'source' | 'type'>;

/** Disks that the next definition has, and the active domain does not have so. Where a storage volume lies nothing here tells. */
export function changedDisks(active: readonly Defined[], next: readonly Defined[]): Defined[] {
	const isAsNow = (one: Defined) => (now: Defined) =>
		now.target === one.target && (now.source === one.source || [now.type, one.type].includes('volume'));
	return next.filter(one => one.source !== null && !active.some(isAsNow(one)));
}

/** What of these stands in the place of this disk; undefined where nothing does. */
export function pendingOf(
	{target, source}: Defined,
	changed: readonly Defined[],
	facts: Identified,
): Pending | undefined {
	const same = changed.find(one => sameFile(facts, one.source, source));
	const found = same ?? changed.find(one => one.target === target);
	return found && {target: found.target, source: found.source!, same: same !== undefined};
}

/** One sentence for each disk whose definition is not true of its chain. */
export function definitionProblems({name}: Pick<Domain, 'name'>, disks: readonly Disk[]): string[] {
	return disks.flatMap(({target, misdefined}) =>
		misdefined === undefined
			? []
			: [
					t`The definition of ${target} names ${misdefined} in its <backingStore>, and the disk's chain is another one: the domain may not start, or start with other data. Remove the <backingStore> of ${target}: virsh edit ${name}.`,
				],
	);
}
