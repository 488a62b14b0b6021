/** What the disks of a domain run on, read from its XML or a snapshot's, and the same XML with other files. */
import {
	attribute,
	buildTree,
	child,
	childrenOf,
	disksOf,
	element,
	insertBefore,
	type Node,
	nameOf,
	parseTree,
	removeChild,
	rootOf,
	setAttribute,
} from './tree.ts';

/** What a disk of a domain runs on. */
type DiskSource = {readonly target: string; readonly source: string | null; readonly format: string};

/**
 * The domain XML with other files under these targets. The recorded backing chain of such a disk is left out, so that
 * libvirt looks at the images again.
 */
export function withSources(
	domainXml: string,
	sources: ReadonlyMap<string, {readonly file: string; readonly format: string}>,
): string {
	const tree = parseTree(domainXml);
	const root = rootOf(tree, 'domain');
	for (const disk of disksOf(root)) {
		const wanted = sources.get(attribute(child(disk, 'target'), 'dev') ?? '');
		if (wanted) setSource(disk, wanted.file, wanted.format);
	}
	return buildTree(tree);
}

/**
 * The domain XML with disks that it lacks, as another document has them: a domain's, a snapshot's or that of saved memory. Their
 * addresses are left to libvirt, since others may have taken them.
 */
export function withDisksOf(domainXml: string, other: string, targets: readonly string[]): string {
	const tree = parseTree(domainXml);
	const devices = child(rootOf(tree, 'domain'), 'devices');
	const has = (target: string) => disksOf(rootOf(tree, 'domain')).some(disk => targetOf(disk) === target);
	const document = parseTree(other);
	const from = rootOf(document, 'domain') ?? child(rootOf(document, 'domainsnapshot'), 'domain');
	const missing = disksOf(from).filter(disk => targets.includes(targetOf(disk)) && !has(targetOf(disk)));
	for (const disk of missing) {
		for (const name of ['address', 'alias', 'backingStore', 'mirror']) removeChild(disk, name);
		childrenOf(devices).push(disk);
	}
	return missing.length === 0 ? domainXml : buildTree(tree);
}

/** The domain XML without these disks. */
export function withoutDisks(domainXml: string, targets: readonly string[]): string {
	const tree = parseTree(domainXml);
	const children = childrenOf(child(rootOf(tree, 'domain'), 'devices'));
	const leaving = children.filter(node => nameOf(node) === 'disk' && targets.includes(targetOf(node)));
	for (const disk of leaving) children.splice(children.indexOf(disk), 1);
	return leaving.length === 0 ? domainXml : buildTree(tree);
}

const targetOf = (disk: Node): string => attribute(child(disk, 'target'), 'dev') ?? '';

/** What each disk of a domain runs on, from its XML; a storage volume in words. */
export function domainSources(domainXml: string): DiskSource[] {
	const tree = parseTree(domainXml);
	return disksOf(rootOf(tree, 'domain')).map(disk => {
		const source = child(disk, 'source');
		const volume = attribute(source, 'volume');
		const found = sourceOfDisk(disk);
		return volume === undefined ? found : {...found, source: `volume:${attribute(source, 'pool')}/${volume}`};
	});
}

/** The disks within a `<domainsnapshot>`: what each ran on when the snapshot was taken. */
export function snapshotSources(snapshotXml: string): DiskSource[] {
	const tree = parseTree(snapshotXml);
	const root = rootOf(tree, 'domainsnapshot');
	return disksOf(child(root, 'domain')).map(sourceOfDisk);
}

/** The overlays that an external snapshot made, as libvirt recorded them. */
export function snapshotOverlays(snapshotXml: string): Omit<DiskSource, 'format'>[] {
	const root = rootOf(parseTree(snapshotXml), 'domainsnapshot');
	const disks = childrenOf(child(root, 'disks')).filter(node => nameOf(node) === 'disk');
	return disks.map(disk => ({
		target: attribute(disk, 'name') ?? '',
		source: attribute(child(disk, 'source'), 'file') ?? null,
	}));
}

function sourceOfDisk(disk: Node): DiskSource {
	const source = child(disk, 'source');
	return {
		target: attribute(child(disk, 'target'), 'dev') ?? '',
		source: attribute(source, 'file') ?? attribute(source, 'dev') ?? null,
		format: attribute(child(disk, 'driver'), 'type') ?? 'raw',
	};
}

/**
 * Snapshot metadata in which what the disks ran on has moved, by file: for `snapshot-create --redefine`. The overlays that the
 * snapshot itself made, in its own `<disks>`, stay as they are.
 */
export function withSnapshotSources(snapshotXml: string, moved: ReadonlyMap<string, string>): string {
	const tree = parseTree(snapshotXml);
	const root = rootOf(tree, 'domainsnapshot');
	for (const name of ['domain', 'inactiveDomain']) {
		for (const disk of disksOf(child(root, name))) moveSource(disk, moved);
	}
	return buildTree(tree);
}

/** The recorded backing chain goes, since it names the file that is merged: libvirt looks at the images again. */
function moveSource(disk: Node, moved: ReadonlyMap<string, string>): void {
	const source = child(disk, 'source');
	const file = moved.get(attribute(source, 'file') ?? '');
	if (!source || file === undefined) return;
	setAttribute(source, 'file', file);
	removeChild(disk, 'backingStore');
}

function setSource(disk: Node, file: string, format: string): void {
	for (const name of ['backingStore', 'mirror', 'source']) removeChild(disk, name);
	setAttribute(disk, 'type', 'file');
	const driver = child(disk, 'driver');
	if (driver) setAttribute(driver, 'type', format);
	else insertBefore(disk, 'target', element('driver', {name: 'qemu', type: format}));
	insertBefore(disk, 'target', element('source', {file}));
}
