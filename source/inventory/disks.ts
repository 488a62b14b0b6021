/** From what the XML says of a disk to what is in its images. */
import type {Disk} from '../core/model/disk.ts';
import {t} from '../core/words/text.ts';
import type {DiskXml} from '../libvirt/domain-xml.ts';
import {orNull} from '../libvirt/reader.ts';
import {remedyFor} from '../libvirt/remedies.ts';
import type {ImageReader} from '../qemu/image-reader.ts';
import type {Sources} from './sources.ts';
import {readVolumes, type Volumes} from './volumes.ts';

/** Read the backing chain of one disk; a volume counts as what it is, a file or a block device. */
export async function readDisk(
	images: ImageReader,
	defined: DiskXml,
	{volumes, fresh = false}: {volumes: Volumes; fresh?: boolean},
): Promise<Disk> {
	const volume = defined.type === 'volume' ? volumes.get(defined.source ?? '') : undefined;
	if (volume && 'failure' in volume) {
		const chain = volume.path === null ? [] : (await images.chain(volume.path, defined.format)).images;
		return {...defined, chain, unreadable: unreadable(volume.failure)};
	}
	const disk = volume ? {...defined, type: volume.type, source: volume.path} : defined;
	if (disk.source === null) return {...disk, chain: [], unreadable: null};
	if (!['file', 'block'].includes(disk.type)) return {...disk, chain: [], unreadable: unreadable(`${disk.type} disk`)};
	const {images: chain, failure} = await images.chain(disk.source, disk.format, fresh ? {fresh: true} : {});
	const reason = failure ?? (disk.sliced ? partOf(disk.source) : null);
	return {...disk, chain, unreadable: reason === null ? null : unreadable(reason)};
}

/** What the next start of an active domain brings beside the disks that it has: nobody else is to write to what these stand on. */
export async function readPending(
	{images, reader}: Sources,
	{
		xml,
		next,
	}: {readonly xml: {readonly disks: readonly DiskXml[]}; readonly next: {readonly disks: readonly DiskXml[]} | null},
): Promise<Disk[]> {
	const has = new Set(xml.disks.map(({source}) => source));
	const coming = (next?.disks ?? []).filter(({source}) => source !== null && !has.has(source));
	if (coming.length === 0) return [];
	const volumes = await readVolumes(
		reader,
		coming.map(({source}) => source),
	);
	return Promise.all(coming.map(disk => readDisk(images, disk, {volumes})));
}

/** qemu-img, and so whatever overlay or copy it makes, takes the whole file: other contents of another size. */
function partOf(file: string): string {
	return t`${file}: the definition takes only a part of a file (<slices>), and qemu-img would take all of it`;
}

/** What libvirt says of the active layer, where it cannot be seen that it means the files that are seen here. */
export async function confirmed({images, reader, places}: Sources, uuid: string, disk: Disk): Promise<Disk> {
	const [active] = disk.chain;
	if (active === undefined || (await places.place()).proven) return disk;
	const before = await images.file(active.file);
	const told = await orNull(reader.blockInfo(uuid, disk.target));
	const after = await images.file(active.file);
	const inside = !before || !after || (before.bytes <= (told?.physical ?? 0) && (told?.physical ?? 0) <= after.bytes);
	// QEMU counts whole sectors, libvirt the bytes of a file.
	const same = told !== null && Math.ceil(told.capacity / 512) * 512 === active.virtualSizeBytes && inside;
	if (same) return disk;
	return {...disk, chain: [], unreadable: unreadable(t`${active.file}: libvirt tells another size of this image`)};
}

function unreadable(reason: string): Disk['unreadable'] {
	return {
		reason,
		remedy: remedyFor(reason) ?? 'Check the image with qemu-img info; no snapshot is possible until it can be read.',
	};
}
