/** Overlays beside the chains: those that others depend on, and those that nothing uses any more. */
import path from 'node:path';
import type {Domain} from '../../core/model/domain.ts';
import type {Directory, Kept, Reclaimable} from '../../core/model/facts.ts';
import {nameAmong, sameFile} from '../../core/model/files.ts';
import type {ImageReader} from '../../qemu/image-reader.ts';
import type {Chain} from '../../qemu/qemu-img.ts';

/** Names that this program or libvirt gives to overlays: `DISK.TAG.qcow2`, or `DISK.<unix time>` after a revert by libvirt. */
const overlayName = /\.(?:qcow2|\d{9,11})$/;

type Around = {
	readonly domain: Domain;
	readonly domains: readonly Domain[];
	readonly directories: Readonly<Record<string, Directory>>;
	/** What operations on the domain have made, be it for another one. */
	readonly made: readonly string[];
	/** What the definitions of active domains name: with these they start the next time. Asked only where there are such files. */
	readonly defined: () => Promise<readonly string[]>;
};

type Left = {readonly kept: readonly Kept[]; readonly reclaimable: readonly Reclaimable[]};

type Overlay = {readonly file: string; readonly chain: Chain; readonly below: readonly string[]};

/**
 * Files that depend on a domain's images and are in no domain's chain, of those in `directories`, whatever they are called, and of those
 * that records of any domain's snapshots name; and of them those that only take room: that no definition, no block job and no snapshot of
 * any domain has, by whatever name, that no process writes to, and that nothing else depends on. One whose base is gone counts by its name: it would be listed nowhere else.
 */
export async function readLeft(
	images: ImageReader,
	{domain, domains, directories, made, defined}: Around,
): Promise<Left> {
	const present = new Set(domains.flatMap(chainFiles));
	const known = new Set(domains.flatMap(one => [...chainFiles(one), ...recordedOf(one)]));
	const own = new Set([...chainFiles(domain), ...recordedOf(domain)]);
	const beside = Object.values(directories).flatMap(folder => folder.entries.map(name => path.join(folder.path, name)));
	// Those of another domain, a clone say, may lie in a folder of its own.
	const entries = [...new Set([...beside, ...domains.flatMap(recordedOf).filter(file => path.isAbsolute(file))])];
	const named = await images.overlays(entries.filter(file => !present.has(file)));
	const chains = await Promise.all(named.map(file => images.chain(file, 'qcow2')));
	// By whatever name: one that is reached by a link is no less in use.
	const identities = await images.identities([...known, ...chains.flatMap(chain => chain.files), ...named]);
	const facts = {identities: Object.fromEntries(identities)};
	const knownName = nameAmong(facts, known);
	const firstName = nameAmong(facts, named);
	const overlays = named.flatMap((file, index): Overlay[] => {
		const chain = chains[index]!;
		const data = chain.images.flatMap(({dataFile}) => dataFile ?? []);
		const layers = chain.files.filter(one => !data.includes(one));
		const below = layers.slice(1).map(knownName).map(firstName);
		const isKnown = knownName(file) !== file || firstName(file) !== file;
		return isKnown || chain.images.length === 0 ? [] : [{file, chain, below}];
	});
	const standing = overlays.filter(({below}) => below.some(file => own.has(file)));
	const onMade = overlays.filter(one => !standing.includes(one) && one.below.some(file => made.includes(file)));
	const broken = await withoutBase(images, domain, overlays);
	const needed = new Set(overlays.flatMap(({below}) => below));
	const unused = [...new Set([...standing, ...broken])].filter(
		({file, chain}) =>
			// Its removal would leave its data file behind, of which nothing would tell any more.
			overlayName.test(file) && !needed.has(file) && !known.has(file) && chain.images[0]!.dataFile === undefined,
	);
	const free = await notInUse(images, unused, defined);
	return {
		kept: [...standing, ...onMade].map(({file, chain, below}) => ({file, below, snapshots: tagsIn(chain)})),
		reclaimable: free.map(overlay => ({
			file: overlay.file,
			bytes: overlay.chain.images[0]!.actualSizeBytes,
			base: overlay.below[0]!,
			...(broken.includes(overlay) ? {broken: true} : {}),
		})),
	};
}

function tagsIn({images: [top]}: Chain): string[] {
	return top?.snapshots.map(({tag}) => tag) ?? [];
}

/** Those that miss a layer below, and are the domain's by what stands there or by their name: `DISK.…`, in a folder of its images. */
async function withoutBase(images: ImageReader, domain: Domain, overlays: readonly Overlay[]): Promise<Overlay[]> {
	const suspects = overlays.filter(({chain}) => chain.failure !== null);
	const missing = await images.missing(suspects.flatMap(({below}) => below));
	const layers = chainFiles(domain);
	const own = new Set([...layers, ...recordedOf(domain)]);
	const stems = layers.map(file => path.join(path.dirname(file), path.parse(file).name));
	const isOwn = ({file, below}: Overlay) =>
		[file, ...below].some(name => own.has(name) || stems.some(stem => name.startsWith(`${stem}.`)));
	return suspects.filter(overlay => overlay.below.some(file => missing.has(file)) && isOwn(overlay));
}

async function notInUse(
	images: ImageReader,
	overlays: readonly Overlay[],
	defined: () => Promise<readonly string[]>,
): Promise<Overlay[]> {
	if (overlays.length === 0) return [];
	const files = overlays.map(({file}) => file);
	const [names, writers] = await Promise.all([defined(), images.writers(files)]);
	const facts = {identities: Object.fromEntries(await images.identities([...names, ...files]))};
	const used = [...names, ...writers.map(({file}) => file)];
	return overlays.filter(({file}) => !used.some(name => sameFile(facts, name, file)));
}

function chainFiles({disks}: Domain): string[] {
	const layers = disks.flatMap(disk => [disk.source, disk.mirror, ...disk.chain.map(image => image.file)]);
	return layers.filter(file => file !== null);
}

function recordedOf({snapshots}: Domain): string[] {
	const recorded = snapshots.flatMap(snapshot => [
		snapshot.memoryFile,
		...snapshot.revertFiles,
		...snapshot.disks.flatMap(part => [part.file, part.source]),
	]);
	return recorded.filter(file => file !== null);
}
