/** Why the disks that a person has chosen, or the places of their files, cannot be. */
import {dirname} from 'node:path/posix';
import type {Disk} from '../../model/disk.ts';
import {writableDisks} from '../../model/domain.ts';
import type {Facts} from '../../model/facts.ts';
import type {CreateIntent, MethodId} from '../../model/intent.ts';
import {type Refusal, refuse} from '../../model/refusal.ts';
import type {Remedy} from '../../model/remedy.ts';
import {option, remedy} from '../../words/remedy.ts';
import {enumerate, plural, printable, t} from '../../words/text.ts';
import {leavesOut, newMemoryFile, newOverlays} from './chosen-disks.ts';

/** Whatever the method: disks that there are not, or that need no snapshot, and paths that are none. */
export function choiceRefusal(facts: Facts, intent: CreateIntent): Refusal | null {
	const {disks, overlays = []} = intent;
	if (disks?.length === 0)
		return refuse('no-disk', 'No disk is chosen for the snapshot.', remedy`Choose at least one: ${whichDisks(facts)}`);
	for (const target of [...(disks ?? []), ...overlays.map(one => one.target)]) {
		const refusal = targetRefusal(facts, target);
		if (refusal) return refusal;
	}
	const targets = overlays.map(({target}) => target);
	const twice = targets.find((target, at) => targets.indexOf(target) !== at);
	if (twice !== undefined)
		return refuse('method-mismatch', `${twice} is given two overlays.`, remedy`Give one: ${option('--overlay')}.`);
	const out = disks === undefined ? undefined : targets.find(target => !disks.includes(target));
	if (out !== undefined) {
		return refuse(
			'method-mismatch',
			`${out} is left out, so it gets no overlay.`,
			remedy`Include it (${option('--disk')}), or omit its ${option('--overlay')}.`,
		);
	}
	return pathRefusal(intent);
}

function whichDisks({domain}: Pick<Facts, 'domain'>): Remedy {
	return t`${enumerate(writableDisks(domain).map(({target}) => target))}.`;
}

function targetRefusal(facts: Facts, target: string): Refusal | null {
	const {domain} = facts;
	const disk = domain.disks.find(one => one.target === target);
	if (disk === undefined)
		return refuse(
			'not-found',
			t`${domain.name} has no disk ${target}.`,
			remedy`Give the target of one of its disks: ${whichDisks(facts)}`,
		);
	if (writableDisks({disks: [disk]}).length === 1) return null;
	return refuse(
		'unsupported-disk',
		`${target} ${whyNone(disk)}.`,
		remedy`Omit it. Disks to choose: ${whichDisks(facts)}`,
	);
}

function whyNone({device, source, readonly}: Disk): string {
	if (device === 'cdrom' || device === 'floppy') return `is a ${device} drive, which no external snapshot holds`;
	if (source === null) return 'is empty';
	return readonly ? 'is read-only: nothing changes it, so it needs no snapshot' : 'cannot be in a snapshot';
}

function pathRefusal({dir, overlays = [], memoryFile, scope}: CreateIntent): Refusal | null {
	if (memoryFile !== undefined && scope === 'disk-only') {
		return refuse(
			'method-mismatch',
			'A snapshot of the disks alone has no memory file.',
			remedy`Omit ${option('--memory-file')}, or include the memory.`,
		);
	}
	const paths = [dir, ...overlays.map(({path}) => path), memoryFile].filter(path => path !== undefined);
	const relative = paths.find(path => !path.startsWith('/'));
	if (relative === undefined) return null;
	return refuse(
		'not-writable',
		relative === '' ? 'The path is empty.' : t`${relative} is not an absolute path.`,
		'Give the full path, such as /var/lib/libvirt/images.',
	);
}

/** A method that stores the snapshot inside the images takes all disks, and makes no files. */
export function choiceMismatch(facts: Facts, method: MethodId, intent: CreateIntent): Refusal | null {
	if (method.startsWith('external')) return null;
	if (leavesOut(facts, intent)) {
		return refuse(
			'method-mismatch',
			`${method} holds all writable disks, ${enumerate(writableDisks(facts.domain).map(({target}) => target))}.`,
			remedy`Include all of them (${option('--disk')}), or use an external method.`,
		);
	}
	const {dir, overlays, memoryFile} = intent;
	const given =
		dir !== undefined ? '--dir' : overlays?.length ? '--overlay' : memoryFile !== undefined ? '--memory-file' : null;
	if (given === null) return null;
	return refuse(
		'method-mismatch',
		`${method} stores the snapshot inside the images, so it makes no new files.`,
		remedy`Omit ${option(given)}, or use an external method.`,
	);
}

/** Memory knows what every disk held: with other contents under it the guest goes on writing what it remembers. */
export function memoryChoiceRefusal(facts: Facts, intent: CreateIntent): Refusal | null {
	if (!leavesOut(facts, intent)) return null;
	const held = intent.disks ?? [];
	const out = writableDisks(facts.domain).filter(({target}) => !held.includes(target));
	const targets = enumerate(out.map(({target}) => target));
	return refuse(
		'method-mismatch',
		`${targets} ${plural(out.length, 'is', 'are')} left out: after a revert the guest would resume with memory of another time than ${targets}, which destroys file systems.`,
		remedy`Take the disks alone (${option('--disk-only')}), include ${targets}, or detach ${plural(out.length, 'it', 'them')} first.`,
	);
}

/** Files that would be made in a place that is no place for them, or under one name. */
export function placesRefusal(facts: Facts, intent: CreateIntent, memory: boolean): Refusal | null {
	const overlays = newOverlays(facts, intent);
	const files = [
		...overlays.map(({disk, file}) => ({whose: `the overlay of ${disk.target}`, file})),
		...(memory ? [{whose: 'the memory', file: newMemoryFile(facts, intent)}] : []),
	];
	for (const [at, {whose, file}] of files.entries()) {
		const other = files.slice(0, at).find(one => one.file === file);
		if (other)
			return refuse('file-exists', t`${file} is to be ${other.whose} and ${whose}.`, 'Give each a file of its own.');
		const held = heldInRam(dirname(file));
		if (held === null) continue;
		return refuse(
			'not-writable',
			t`${file} would be in ${held}, of which nothing stays when the host restarts.`,
			remedy`Choose another folder: ${option(whose === 'the memory' ? '--memory-file' : '--overlay')} or ${option('--dir')}.`,
		);
	}
	return null;
}

/** Folders of devices and of the kernel: `/dev` is RAM. */
const heldInRam = (folder: string): string | null =>
	['/dev', '/proc', '/sys'].find(root => folder === root || folder.startsWith(`${root}/`)) ?? null;

/** Why a disk is left out, and what that means at a revert. `memory`: it is taken, so that it knows what those disks hold. */
export function leftOutWarnings(out: readonly Disk[], held: readonly Disk[], memory: boolean): string[] {
	if (out.length === 0) return [];
	const names = enumerate(out.map(({target}) => printable(target)));
	const [is, it] = [plural(out.length, 'is', 'are'), plural(out.length, 'it', 'them')];
	const excluded = out.every(disk => disk.snapshotPolicy === 'no') ? `, since the domain XML excludes ${it}` : '';
	const rest = enumerate(held.map(({target}) => printable(target)));
	const damage = memory
		? ` The memory knows what ${names} ${plural(out.length, 'holds', 'hold')} now: to resume it with later contents destroys file systems.`
		: '';
	return [
		`${names} ${is} left out${excluded}: a revert takes ${rest} back and leaves ${names} as ${plural(out.length, 'it is', 'they are')} by then.${damage}`,
	];
}
