/** A look inside a snapshot: its disks as read-only network block devices on unix sockets (qemu-nbd(8)). */
import type {Facts} from '../../model/facts.ts';
import {type Refusal, refuse} from '../../model/refusal.ts';
import type {Snapshot, SnapshotDisk} from '../../model/snapshot.ts';
import {remoteRefusal} from '../../planning/refusals/remote.ts';
import {doubled, snapshotWords} from '../../steps/images/copy-image.ts';
import {enumerate, printable, t} from '../../words/text.ts';
import {contentsRefusal, contentWarnings, type DiskContent, diskContentOf, partsOf} from './content.ts';

/** One disk as it was. */
export type Export = {
	readonly target: string;
	/** The image that it is read from. */
	readonly file: string;
	/** The ID that it has inside this image; null where it is the image itself. */
	readonly id: string | null;
	/** Of qemu-nbd, but for the socket. */
	readonly options: readonly string[];
};

type Exports = {
	readonly exports: readonly Export[];
	/** What is to be known about what is seen. */
	readonly warnings: readonly string[];
};

/** The disks of a snapshot, or this one of them. Nothing is written to: not to the images, and not through the devices. */
export function exportsOf(
	facts: Facts,
	snapshot: Snapshot,
	target: string | null,
): Exports | {readonly refusal: Refusal} {
	const refusal = remoteRefusal(facts) ?? contentsRefusal(snapshot) ?? targetRefusal(snapshot, target);
	if (refusal) return {refusal};
	const wanted = partsOf(snapshot).filter(part => target === null || part.target === target);
	const exports: Export[] = [];
	for (const part of wanted) {
		const found = exportOf(facts, snapshot, part);
		if ('refusal' in found) return found;
		exports.push(found);
	}
	const files = exports.map(({file}) => file);
	return {exports, warnings: contentWarnings(facts, snapshot, files)};
}

function targetRefusal(snapshot: Snapshot, target: string | null): Refusal | null {
	const targets = partsOf(snapshot).map(part => part.target);
	if (target === null || targets.includes(target)) return null;
	return refuse('not-found', t`${snapshot.tag} has no disk ${target}.`, `It has ${enumerate(targets.map(printable))}.`);
}

function exportOf(facts: Facts, snapshot: Snapshot, part: SnapshotDisk): Export | {readonly refusal: Refusal} {
	const {target} = part;
	const disk = facts.domain.disks.find(one => one.target === target);
	if (disk?.encrypted || disk?.chain.some(image => image.encrypted)) {
		const reason = t`${target} is encrypted: qemu-nbd has no access to the key.`;
		return {refusal: refuse('unsupported-disk', reason, otherDisk)};
	}
	const content = diskContentOf(facts, snapshot, part, otherDisk);
	if ('refusal' in content) return content;
	const {file, inside} = content;
	return {target, file, id: inside?.id ?? null, options: optionsOf(facts, content)};
}

const otherDisk = 'Name another disk (--disk).';

/** `force-share`: QEMU may have the image open and goes on. */
function optionsOf({blockDevices}: Facts, {file, format, inside}: DiskContent): string[] {
	const protocol = blockDevices.includes(file) ? 'host_device' : 'file';
	const image = [
		`driver=${format}`,
		'read-only=on',
		'force-share=on',
		`file.driver=${protocol}`,
		`file.filename=${doubled(file)}`,
	].join(',');
	return [
		'--read-only',
		// It serves until it is ended, and several at once: each tool that looks inside connects more than once.
		'--persistent',
		'--shared=16',
		...(inside === null ? [] : [`--load-snapshot=${snapshotWords(inside)}`]),
		'--image-opts',
		image,
	];
}

/** How QEMU, libguestfs and libnbd name it. */
export const exportUri = (socket: string): string => `nbd+unix:///?socket=${socket}`;

/** A disk that is served, and what is typed to get at what is on it. */
export function waysIn(socket: string): readonly {readonly what: string; readonly commands: readonly string[]}[] {
	const uri = exportUri(socket);
	return [
		{
			what: 'Look at files, copy them out (libguestfs):',
			commands: [`guestfish --ro --format=raw -a 'nbd://?socket=${socket}' -i`],
		},
		{
			what: 'Mount it (libnbd), here a first partition of ext4:',
			commands: [`nbdfuse /mnt/disk '${uri}' &`, 'mount -o ro,noload,loop,offset=1048576 /mnt/disk/nbd /mnt/files'],
		},
		{what: 'Copy the whole disk:', commands: [`qemu-img convert -p -O qcow2 '${uri}' copy.qcow2`]},
	];
}
