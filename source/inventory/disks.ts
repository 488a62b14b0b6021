/** From what the XML says of a disk to what is in its images. */
import type {Disk} from '../core/domain.ts';
import type {DiskXml} from '../libvirt/domain-xml.ts';
import {remedyFor} from '../libvirt/remedies.ts';
import type {ImageReader} from '../qemu/image-reader.ts';

/** Read the backing chain of one disk; `volumePath` is what libvirt resolved a volume to, null where it could not. */
export async function readDisk(
	images: ImageReader,
	{volume, ...disk}: DiskXml,
	options: {volumePath?: string | null; fresh?: boolean} = {},
): Promise<Disk> {
	const source = volume && options.volumePath ? options.volumePath : disk.source;
	if (source === null) return {...disk, source, chain: [], unreadable: null};
	const readable = ['file', 'block'].includes(disk.type) || (volume !== null && source.startsWith('/'));
	if (!readable) return {...disk, source, chain: [], unreadable: unreadable(`${disk.type} disk`)};
	const {images: chain, failure} = await images.chain(source, disk.format, options.fresh ? {fresh: true} : {});
	return {...disk, source, chain, unreadable: failure === null ? null : unreadable(failure)};
}

function unreadable(reason: string): Disk['unreadable'] {
	return {
		reason,
		remedy:
			remedyFor(reason) ?? 'Look at the image with qemu-img info; until it can be read no snapshot is taken of it.',
	};
}
