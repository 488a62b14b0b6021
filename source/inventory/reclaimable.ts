/** Overlays that nothing uses any more: left by a revert, or by a delete that could not remove them. */
import path from 'node:path';
import type {Directory, Domain, Reclaimable} from '../core/model/domain.ts';
import type {ImageReader} from '../qemu/image-reader.ts';

/** Names that this program or libvirt gives to overlays: `DISK.TAG.qcow2`, or `DISK.<unix time>` after a revert by libvirt. */
const overlayName = /\.(?:qcow2|\d{9,11})$/;

/**
 * Files in the folders of a domain's images that stand on one of these, and that no chain, no definition, no block job and no snapshot
 * of any domain has, by whatever name, and no process writes to. One that another such file stands on is left out: it is needed as
 * long as that is there.
 *
 * @param defined what the definitions of active domains name: with these they start the next time. Asked only where there are such files
 */
export async function readReclaimable(
	images: ImageReader,
	domain: Domain,
	domains: readonly Domain[],
	directories: Readonly<Record<string, Directory>>,
	defined: () => Promise<readonly string[]>,
): Promise<Reclaimable[]> {
	const known = new Set(domains.flatMap(filesOf));
	const own = new Set(filesOf(domain));
	const named = Object.values(directories)
		.flatMap(folder => folder.entries.filter(name => overlayName.test(name)).map(name => path.join(folder.path, name)))
		.filter(file => !known.has(file));
	const chains = await Promise.all(named.map(async file => (await images.chain(file, 'qcow2')).images));
	const bases = chains.flatMap(chain => chain.slice(1).map(image => image.file));
	// By whatever name: one that is reached by a link is no less in use.
	const aliases = await images.aliases([...known, ...bases, ...named]);
	const needed = new Set(bases);
	const left = chains.flatMap(([top, base]) =>
		top && base && own.has(base.file) && !needed.has(top.file) && !aliases.has(top.file)
			? [{file: top.file, bytes: top.actualSizeBytes, base: base.file}]
			: [],
	);
	if (left.length === 0) return left;
	const files = left.map(({file}) => file);
	const [names, writers] = await Promise.all([defined(), images.writers(files)]);
	const others = await images.aliases([...names, ...files]);
	const used = new Set([...names, ...others.keys(), ...writers.map(({file}) => file)]);
	return left.filter(({file}) => !used.has(file));
}

function filesOf({disks, snapshots}: Domain): string[] {
	const layers = disks.flatMap(disk => [disk.source, disk.mirror ?? null, ...disk.chain.map(image => image.file)]);
	const recorded = snapshots.flatMap(snapshot => [
		snapshot.memoryFile,
		...(snapshot.revertFiles ?? []),
		...snapshot.disks.flatMap(part => [part.file, part.source ?? null]),
	]);
	return [...layers, ...recorded].filter(file => file !== null);
}
