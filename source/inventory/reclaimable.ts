/** Overlays that nothing uses any more: left by a revert, or by a delete that could not remove them. */
import path from 'node:path';
import type {Directory, Domain, Reclaimable} from '../core/domain.ts';
import type {ImageReader} from '../qemu/image-reader.ts';

/** Names that this program or libvirt gives to overlays: `DISK.TAG.qcow2`, or `DISK.<unix time>` after a revert by libvirt. */
const overlayName = /\.(?:qcow2|\d{9,11})$/;

/**
 * Files in the folders of a domain's images that stand on one of these, and that no chain and no snapshot of any domain has. One
 * that another such file stands on is left out: it is needed as long as that is there.
 */
export async function readReclaimable(
	images: ImageReader,
	domain: Domain,
	domains: readonly Domain[],
	directories: Readonly<Record<string, Directory>>,
): Promise<Reclaimable[]> {
	const known = new Set(domains.flatMap(filesOf));
	const own = new Set(filesOf(domain));
	const candidates = Object.values(directories)
		.flatMap(folder => folder.entries.filter(name => overlayName.test(name)).map(name => path.join(folder.path, name)))
		.filter(file => !known.has(file));
	const chains = await Promise.all(candidates.map(async file => (await images.chain(file, 'qcow2')).images));
	const needed = new Set(chains.flatMap(chain => chain.slice(1).map(image => image.file)));
	return chains.flatMap(([top, base]) =>
		top && base && own.has(base.file) && !needed.has(top.file)
			? [{file: top.file, bytes: top.actualSizeBytes, base: base.file}]
			: [],
	);
}

function filesOf({disks, snapshots}: Domain): string[] {
	const layers = disks.flatMap(disk => [disk.source, ...disk.chain.map(image => image.file)]);
	const recorded = snapshots.flatMap(snapshot => [
		snapshot.memoryFile,
		...(snapshot.revertFiles ?? []),
		...snapshot.disks.flatMap(part => [part.file, part.source ?? null]),
	]);
	return [...layers, ...recorded].filter(file => file !== null);
}
