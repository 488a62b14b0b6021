/** What is wrong with a domain beside its snapshots, each in one or two sentences with what to do. */
import type {Disk} from '../model/disk.ts';
import type {Domain} from '../model/domain.ts';
import {enumerate, t} from '../words/text.ts';

/** By libvirt's reason for `paused`: what has happened, and what helps. A pause that somebody wanted is no problem. */
const pauses: Readonly<Record<string, (name: string) => string>> = {
	'I/O error': name =>
		t`Paused: I/O error. QEMU could not write to a disk, most often since its file system is full: virsh domblkerror ${name} says which. Make room there (df -h), or mend the storage, then resume the domain: it repeats the write.`,
	crashed: name =>
		t`Paused: the guest crashed. Nothing of it runs: force it off (virsh destroy ${name}) and start it, or revert it to a snapshot.`,
	watchdog: name =>
		t`Paused by its watchdog: the guest has hung. Resume it (virsh resume ${name}), or force it off (virsh destroy ${name}).`,
	'post-copy failed': name =>
		t`Paused: a migration failed half way (post-copy), and its memory is not whole here. Recover the migration (virsh migrate --postcopy-resume), or force it off (virsh destroy ${name}).`,
	'api error': name =>
		t`Paused: libvirt stopped it for an operation that failed. Resume it (virsh resume ${name}) when its disks are as they should be.`,
};

/** Of a domain that stands still though nobody wanted that. */
export function stateProblems({
	name,
	id,
	state,
	stateReason,
}: Pick<Domain, 'name' | 'id' | 'state' | 'stateReason'>): string[] {
	if (state === 'crashed' && id !== null)
		return [t`The guest crashed. Force it off (virsh destroy ${name}), then start it or revert it to a snapshot.`];
	const words = state === 'paused' ? pauses[stateReason ?? ''] : undefined;
	return words === undefined ? [] : [words(name)];
}

/** Of images that QEMU has found corrupt, and of those that are about to be overwritten. */
export function imageProblems(disks: readonly Pick<Disk, 'target' | 'chain'>[]): string[] {
	return [...corruptImages(disks), ...disks.flatMap(qcow2AsRaw)];
}

/**
 * The guest is shown the file of the image. What it writes destroys the image, and perhaps it has written these bytes itself: as qcow2 they
 * may name any file of the host as their backing file. So nobody is told to change the definition without looking.
 */
function qcow2AsRaw({target, chain}: Pick<Disk, 'target' | 'chain'>): string[] {
	return chain.flatMap(({file, limits}, depth) => {
		if (!limits.includes('qcow2 as raw')) return [];
		const mend =
			depth === 0
				? 'set its driver type (virsh edit)'
				: t`correct what is on it (qemu-img rebase -u -F qcow2 -b ${file})`;
		return [
			t`${file} (${target}) is used as raw, but begins as a qcow2 image: what the guest writes destroys that image. Shut the domain down and look at it (qemu-img info ${file}). If it was made as qcow2, ${mend}; if the guest wrote this onto a raw disk, leave it.`,
		];
	});
}

function corruptImages(disks: readonly Pick<Disk, 'target' | 'chain'>[]): string[] {
	return disks.flatMap(({target, chain}) => {
		const files = chain.filter(({limits}) => limits.includes('corrupt')).map(({file}) => file);
		if (files.length === 0) return [];
		return [
			t`${enumerate(files)} (${target}) is marked as corrupt: QEMU writes to it no more. Shut the domain down, copy the image, then repair it: qemu-img check -r all ${files[0]!}.`,
		];
	});
}
