/** Which disks a new snapshot holds, and where its files go: as a person wants it, else as it is usual. */
import {dirname, normalize} from 'node:path/posix';
import {activeFile, type Disk} from '../../model/disk.ts';
import {isActive, writableDisks} from '../../model/domain.ts';
import {coveredDisks, type Facts} from '../../model/facts.ts';
import {asFolder, type CreateIntent, type MethodId} from '../../model/intent.ts';
import {memoryFile, type Overlay, overlayFiles} from '../../planning/file-names.ts';
import {enumerate, printable} from '../../words/text.ts';

/** The disks that it is to hold. One that is named is held also where the domain XML excludes it. */
export function chosenDisks(facts: Pick<Facts, 'domain'>, {disks}: Pick<CreateIntent, 'disks'>): Disk[] {
	return disks === undefined
		? coveredDisks(facts)
		: writableDisks(facts.domain).filter(({target}) => disks.includes(target));
}

/** Whether a person wants fewer disks than can be written to. */
export function leavesOut(facts: Pick<Facts, 'domain'>, {disks}: Pick<CreateIntent, 'disks'>): boolean {
	return disks !== undefined && writableDisks(facts.domain).some(({target}) => !disks.includes(target));
}

/** Disks that can be written to and that a snapshot by this method does not hold. Into an active domain's images QEMU takes all. */
export function leftOutDisks(facts: Pick<Facts, 'domain'>, method: MethodId, intent: CreateIntent): Disk[] {
	if (isActive(facts.domain) && !method.startsWith('external')) return [];
	const held = chosenDisks(facts, intent).map(({target}) => target);
	return writableDisks(facts.domain).filter(({target}) => !held.includes(target));
}

/** What is said of a method, with the disks that it is to hold where these are not all. */
export function ofHeldDisks(
	facts: Pick<Facts, 'domain'>,
	method: MethodId,
	intent: CreateIntent,
	words: string,
): string {
	if (leftOutDisks(facts, method, intent).length === 0) return words;
	const held = enumerate(chosenDisks(facts, intent).map(({target}) => printable(target)));
	return words.replace(/all disks|each disk/, held || 'no disk');
}

type Placing = Pick<CreateIntent, 'tag' | 'dir' | 'disks' | 'overlays' | 'memoryFile'>;

/** Where the overlay of each of them goes. */
export function newOverlays(facts: Facts, intent: Placing): Overlay[] {
	const {tag, dir, overlays = []} = intent;
	const pathOf = ({target}: Disk) => overlays.find(one => one.target === target)?.path;
	const named = overlayFiles(chosenDisks(facts, intent), tag, disk => {
		const path = pathOf(disk);
		if (path !== undefined && isFolder(facts, path)) return asFolder(path);
		return dir ?? dirname(disk.source!);
	});
	return named.map(({disk, file}) => {
		const path = pathOf(disk);
		return {disk, file: path === undefined || isFolder(facts, path) ? file : normalize(path)};
	});
}

/** Where the memory goes. */
export function newMemoryFile(facts: Facts, intent: Placing): string {
	const {tag, dir, memoryFile: path} = intent;
	if (path !== undefined && !isFolder(facts, path)) return normalize(path);
	const beside = () => dir ?? dirname(newOverlays(facts, intent)[0]!.file);
	return memoryFile(facts, path === undefined ? beside() : asFolder(path), tag);
}

/** A folder of another machine cannot be looked at: there the slash at its end tells. */
function isFolder({directories}: Pick<Facts, 'directories'>, path: string): boolean {
	return path.endsWith('/') || directories[asFolder(path)] !== undefined;
}

/** What lies beside a device is gone when the host restarts. Whatever type the definition gives it. */
export const isOnDevice = ({blockDevices}: Pick<Facts, 'blockDevices'>, disk: Disk): boolean =>
	disk.type !== 'file' || blockDevices.includes(activeFile(disk));
