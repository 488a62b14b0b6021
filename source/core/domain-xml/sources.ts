/** What the disks of a domain run on, read from its XML or a snapshot's, and the same XML with other files. */
import type {PlacedDisk, SourceKind} from '../model/does.ts';
import {
	attribute,
	buildTree,
	child,
	childNodes,
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
export function withSources(domainXml: string, sources: ReadonlyMap<string, Omit<PlacedDisk, 'target'>>): string {
	const tree = parseTree(domainXml);
	const root = rootOf(tree, 'domain');
	for (const disk of disksOf(root)) {
		const wanted = sources.get(attribute(child(disk, 'target'), 'dev') ?? '');
		if (wanted) setSource(disk, wanted);
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
		childNodes(devices).push(disk);
	}
	return missing.length === 0 ? domainXml : buildTree(tree);
}

/** The domain XML without these disks. */
export function withoutDisks(domainXml: string, targets: readonly string[]): string {
	const tree = parseTree(domainXml);
	const children = childNodes(child(rootOf(tree, 'domain'), 'devices'));
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
	const disks = childNodes(child(root, 'disks')).filter(node => nameOf(node) === 'disk');
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

/** Where a file's data is now; the disk's format stays where none is given. */
type MovedSource = Pick<PlacedDisk, 'file' | 'as'> & {readonly format?: string};

/**
 * Snapshot metadata in which what the disks ran on has moved, by file: for `snapshot-create --redefine`. The overlays that the
 * snapshot itself made, in its own `<disks>`, stay as they are.
 */
export function withSnapshotSources(snapshotXml: string, moved: ReadonlyMap<string, MovedSource>): string {
	const tree = parseTree(snapshotXml);
	const root = rootOf(tree, 'domainsnapshot');
	for (const name of ['domain', 'inactiveDomain']) {
		for (const disk of disksOf(child(root, name))) moveSource(disk, moved);
	}
	return buildTree(tree);
}

/** A recorded backing chain that names a file that is merged goes: libvirt looks at the images again. */
function moveSource(disk: Node, moved: ReadonlyMap<string, MovedSource>): void {
	if (filesBelow(disk).some(file => moved.has(file))) removeChild(disk, 'backingStore');
	const name = attribute(child(disk, 'source'), 'file') ?? attribute(child(disk, 'source'), 'dev');
	const place = moved.get(name ?? '');
	if (place === undefined) return;
	removeChild(disk, 'source');
	setSource(disk, {...place, format: place.format ?? attribute(child(disk, 'driver'), 'type') ?? 'raw'});
}

/** One that it has already keeps all that is said of it; only what was recorded below goes. */
function setSource(disk: Node, {file, format, as}: Omit<PlacedDisk, 'target'>): void {
	for (const name of ['backingStore', 'mirror']) removeChild(disk, name);
	const wanted = sourceElement(file, as);
	const found = child(disk, 'source');
	const same = ['file', 'dev', 'pool', 'volume'].every(name => attribute(found, name) === attribute(wanted, name));
	const driver = child(disk, 'driver');
	if (driver) setAttribute(driver, 'type', format);
	else insertBefore(disk, 'target', element('driver', {name: 'qemu', type: format}));
	if (found && same) return;
	removeChild(disk, 'source');
	setAttribute(disk, 'type', as?.type ?? 'file');
	insertBefore(disk, 'target', wanted);
}

function sourceElement(file: string, as: PlacedDisk['as']): Node {
	if (as === undefined) return element('source', {file});
	if (as.type === 'block') return element('source', {dev: file});
	return element('source', {pool: as.pool, volume: as.volume});
}

/** What the disks of a domain are called where they are no plain files, by target. */
export function domainSourceKinds(domainXml: string): Map<string, SourceKind> {
	return kindsIn(disksOf(rootOf(parseTree(domainXml), 'domain')));
}

/** The same of the domain within a `<domainsnapshot>`. */
export function snapshotSourceKinds(snapshotXml: string): Map<string, SourceKind> {
	return kindsIn(disksOf(child(rootOf(parseTree(snapshotXml), 'domainsnapshot'), 'domain')));
}

function kindsIn(disks: readonly Node[]): Map<string, SourceKind> {
	const found = disks.flatMap((disk): [string, SourceKind][] => {
		const source = child(disk, 'source');
		const target = attribute(child(disk, 'target'), 'dev') ?? '';
		const [pool, volume] = [attribute(source, 'pool'), attribute(source, 'volume')];
		if (pool !== undefined && volume !== undefined) return [[target, {type: 'volume', pool, volume}]];
		return attribute(source, 'dev') === undefined ? [] : [[target, {type: 'block'}]];
	});
	return new Map(found);
}

/** Files that are recorded below the sources (`<backingStore>`), by target; one without such a record is left out. */
export function recordedBelow(xml: string): Map<string, string[]> {
	const tree = parseTree(xml);
	const snapshot = rootOf(tree, 'domainsnapshot');
	const domains = snapshot ? [child(snapshot, 'domain'), child(snapshot, 'inactiveDomain')] : [rootOf(tree, 'domain')];
	const found = new Map<string, string[]>();
	for (const disk of domains.flatMap(disksOf)) {
		if (!child(disk, 'backingStore')) continue;
		const target = attribute(child(disk, 'target'), 'dev') ?? '';
		found.set(target, [...(found.get(target) ?? []), ...filesBelow(disk)]);
	}
	return found;
}

function filesBelow(layer: Node): string[] {
	const below = child(layer, 'backingStore');
	if (!below) return [];
	const source = child(below, 'source');
	const file = attribute(source, 'file') ?? attribute(source, 'dev');
	return [...(file === undefined ? [] : [file]), ...filesBelow(below)];
}
