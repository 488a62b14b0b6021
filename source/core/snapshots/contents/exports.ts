/** A look inside a snapshot: its disks as read-only network block devices on unix sockets (qemu-nbd(8)). */
import {snapshotSources} from '../../domain-xml/sources.ts';
import type {Facts} from '../../model/facts.ts';
import {formatOf} from '../../model/facts.ts';
import {type Refusal, refuse} from '../../model/refusal.ts';
import type {Snapshot, SnapshotDisk} from '../../model/snapshot.ts';
import {remoteRefusal} from '../../planning/refusals/remote.ts';
import {enumerate, printable, t} from '../../words/text.ts';
import {healthMeanings} from '../health-meanings.ts';
import {rawTagIn} from '../tag.ts';

/** One disk as it was. */
export type Export = {
	readonly target: string;
	/** The image that it is read from. */
	readonly file: string;
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
		if ('code' in found) return {refusal: found};
		exports.push(found);
	}
	const files = exports.map(({file}) => file);
	const rewritten = facts.rewritten.filter(({tag, file}) => tag === snapshot.tag && files.includes(file));
	const warnings = rewritten.map(({file}) => t`${file} was written to since: it is not as it was then.`);
	return {exports, warnings};
}

const partsOf = ({disks}: Snapshot): readonly SnapshotDisk[] => disks.filter(({kind}) => kind !== 'memory');

function contentsRefusal(snapshot: Snapshot): Refusal | null {
	const {tag, health, healthReason} = snapshot;
	if (partsOf(snapshot).length === 0)
		return refuse('no-disk', t`${tag} holds memory only, no disk.`, 'Its disks are those of the domain now.');
	if (health === 'ok' || health === 'unmanaged' || health === 'partial') return null;
	return refuse('unhealthy', t`${tag} is ${health}. ${healthReason}`, healthMeanings[health].safe);
}

function targetRefusal(snapshot: Snapshot, target: string | null): Refusal | null {
	const targets = partsOf(snapshot).map(part => part.target);
	if (target === null || targets.includes(target)) return null;
	return refuse('not-found', t`${snapshot.tag} has no disk ${target}.`, `It has ${enumerate(targets.map(printable))}.`);
}

function exportOf(facts: Facts, snapshot: Snapshot, part: SnapshotDisk): Export | Refusal {
	const {target} = part;
	const disk = facts.domain.disks.find(one => one.target === target);
	if (disk?.encrypted || disk?.chain.some(image => image.encrypted))
		return refuse('unsupported-disk', t`${target} is encrypted: qemu-nbd has no access to the key.`, otherDisk);
	const file = part.kind === 'internal' ? part.file : part.source;
	if (file === null || !file.startsWith('/') || (part.kind === 'internal' && part.id === null))
		return refuse('unsupported-disk', t`What ${target} ran on then is no file of this machine.`, otherDisk);
	const recorded = snapshotSources(facts.snapshotXml[snapshot.tag] ?? '').find(one => one.source === file);
	const format = formatOf(facts, file) ?? recorded?.format ?? (part.kind === 'internal' ? 'qcow2' : null);
	if (format === null) return refuse('unreadable-image', t`The format of ${file} is not known.`, otherDisk);
	return {target, file, options: optionsOf(facts, snapshot, part, {file, format})};
}

const otherDisk = 'Name another disk (--disk).';

/** `force-share`: QEMU may have the image open and goes on. */
function optionsOf(
	{blockDevices, domain}: Facts,
	{tag}: Snapshot,
	part: SnapshotDisk,
	{file, format}: {readonly file: string; readonly format: string},
): string[] {
	const protocol = blockDevices.includes(file) ? 'host_device' : 'file';
	// By both: a tag may stand twice, and an ID is given again once it is free. A tag that is no text cannot be said.
	const name = rawTagIn(domain, part).rawTag === undefined ? `,snapshot.name=${doubled(tag)}` : '';
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
		...(part.kind === 'internal' ? [`--load-snapshot=snapshot.id=${part.id}${name}`] : []),
		'--image-opts',
		image,
	];
}

/** A comma in a value stands twice (QEMU's keyval syntax). */
const doubled = (value: string): string => value.replaceAll(',', ',,');

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
