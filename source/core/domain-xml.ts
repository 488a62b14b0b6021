/**
 * Domain XML with other disk sources, for `virsh define`. The document is parsed into an ordered tree and built from it;
 * text and attributes are kept as they were written, entities unresolved, so that what is not changed comes out as it went in.
 */
import {XMLBuilder, XMLParser} from 'fast-xml-parser';

/** One node of fast-xml-parser's ordered form: its name as the only key beside the attributes, its children as the value. */
type Node = {[name: string]: Node[] | string | Record<string, string>};

const attributesKey = ':@';
const options = {
	preserveOrder: true,
	ignoreAttributes: false,
	attributeNamePrefix: '',
	commentPropName: '#comment',
	cdataPropName: '#cdata',
	processEntities: false,
	parseTagValue: false,
	parseAttributeValue: false,
	trimValues: false,
	// Anybody's own elements, kept as they are: the parser throws at names such as `constructor`, and one domain would hide all.
	stopNodes: ['*.metadata'] as string[],
} as const;
const parser = new XMLParser(options);
const builder = new XMLBuilder({...options, suppressEmptyNode: true, suppressBooleanAttributes: false});

/** What a disk of a domain runs on. */
export type DiskSource = {readonly target: string; readonly source: string | null; readonly format: string};

/**
 * The domain XML with other files under these targets. The recorded backing chain of such a disk is left out, so that
 * libvirt looks at the images again.
 */
export function withSources(
	domainXml: string,
	sources: ReadonlyMap<string, {readonly file: string; readonly format: string}>,
): string {
	const tree = parser.parse(domainXml) as Node[];
	const root = tree.find(node => nameOf(node) === 'domain');
	for (const disk of disksOf(root)) {
		const wanted = sources.get(attribute(child(disk, 'target'), 'dev') ?? '');
		if (wanted) setSource(disk, wanted.file, wanted.format);
	}
	return builder.build(tree.map(quoted));
}

/** What makes a copy of a domain another domain. */
export type Identity = {
	readonly name: string;
	readonly uuid: string;
	/** One per network interface, in their order; the last is enough for as many as come. */
	readonly mac: (index: number) => string;
	/** Path for the NVRAM; null where the domain has none. */
	readonly nvram: string | null;
};

/** The domain XML as that of another domain: name, UUID, MAC addresses, NVRAM; the generation ID is left for libvirt to draw. */
export function withIdentity(domainXml: string, identity: Identity): string {
	const tree = parser.parse(domainXml) as Node[];
	const root = tree.find(node => nameOf(node) === 'domain');
	if (!root) return domainXml;
	setText(child(root, 'name'), identity.name);
	setText(child(root, 'uuid'), identity.uuid);
	if (child(root, 'genid')) setText(child(root, 'genid'), '');
	if (identity.nvram !== null) setNvram(child(root, 'os'), identity.nvram);
	const interfaces = childrenOf(child(root, 'devices')).filter(node => nameOf(node) === 'interface');
	for (const [index, device] of interfaces.entries()) {
		const mac = child(device, 'mac');
		if (mac) setAttribute(mac, 'address', identity.mac(index));
	}
	return builder.build(tree.map(quoted));
}

function setText(node: Node | undefined, text: string): void {
	if (node) node[nameOf(node)] = text === '' ? [] : [{'#text': escapeAttribute(text)}];
}

/** The path stands as text, or in a `<source file=…>`; where libvirt chooses the firmware there may be no element yet. */
function setNvram(os: Node | undefined, file: string): void {
	const nvram = child(os, 'nvram');
	const source = child(nvram, 'source');
	if (source) setAttribute(source, 'file', escapeAttribute(file));
	else if (nvram) setText(nvram, file);
	else if (os) childrenOf(os).unshift({'#text': '\n    '}, {nvram: [{'#text': escapeAttribute(file)}]});
}

/** UUID of the domain that this XML defines; null where there is none. */
export function uuidOf(domainXml: string): string | null {
	return /<uuid>([0-9a-f-]{36})<\/uuid>/.exec(domainXml)?.[1] ?? null;
}

/** What each disk of a domain runs on, from its XML; a storage volume in words. */
export function domainSources(domainXml: string): DiskSource[] {
	const tree = parser.parse(domainXml) as Node[];
	return disksOf(tree.find(node => nameOf(node) === 'domain')).map(disk => {
		const source = child(disk, 'source');
		const volume = attribute(source, 'volume');
		const words = volume === undefined ? null : `volume:${attribute(source, 'pool')}/${volume}`;
		return words === null ? sourceOfDisk(disk) : {...sourceOfDisk(disk), source: resolve(words)};
	});
}

/** The disks within a `<domainsnapshot>`: what each ran on when the snapshot was taken. */
export function snapshotSources(snapshotXml: string): DiskSource[] {
	const tree = parser.parse(snapshotXml) as Node[];
	const root = tree.find(node => nameOf(node) === 'domainsnapshot');
	return disksOf(child(root, 'domain')).map(sourceOfDisk);
}

/** The overlays that an external snapshot made, as libvirt recorded them. */
export function snapshotOverlays(snapshotXml: string): Omit<DiskSource, 'format'>[] {
	const tree = parser.parse(snapshotXml) as Node[];
	const root = tree.find(node => nameOf(node) === 'domainsnapshot');
	const disks = childrenOf(child(root, 'disks')).filter(node => nameOf(node) === 'disk');
	return disks.map(disk => ({
		target: resolve(attribute(disk, 'name') ?? ''),
		source: nullable(attribute(child(disk, 'source'), 'file')),
	}));
}

function sourceOfDisk(disk: Node): DiskSource {
	const source = child(disk, 'source');
	return {
		target: resolve(attribute(child(disk, 'target'), 'dev') ?? ''),
		source: nullable(attribute(source, 'file') ?? attribute(source, 'dev')),
		format: attribute(child(disk, 'driver'), 'type') ?? 'raw',
	};
}

/**
 * Snapshot metadata in which what the disks ran on has moved, by file: for `snapshot-create --redefine`. The overlays that the
 * snapshot itself made, in its own `<disks>`, stay as they are.
 */
export function withSnapshotSources(snapshotXml: string, moved: ReadonlyMap<string, string>): string {
	const tree = parser.parse(snapshotXml) as Node[];
	const root = tree.find(node => nameOf(node) === 'domainsnapshot');
	for (const name of ['domain', 'inactiveDomain']) {
		for (const disk of disksOf(child(root, name))) moveSource(disk, moved);
	}
	return builder.build(tree.map(quoted));
}

/** The recorded backing chain goes, since it names the file that is merged: libvirt looks at the images again. */
function moveSource(disk: Node, moved: ReadonlyMap<string, string>): void {
	const source = child(disk, 'source');
	const file = moved.get(nullable(attribute(source, 'file')) ?? '');
	if (source && file !== undefined) {
		setAttribute(source, 'file', escapeAttribute(file));
		removeChild(disk, 'backingStore');
	}
}

function setSource(disk: Node, file: string, format: string): void {
	for (const name of ['backingStore', 'mirror', 'source']) removeChild(disk, name);
	setAttribute(disk, 'type', 'file');
	const driver = child(disk, 'driver');
	if (driver) setAttribute(driver, 'type', format);
	else insertBefore(disk, 'target', {driver: [], [attributesKey]: {name: 'qemu', type: format}});
	insertBefore(disk, 'target', {source: [], [attributesKey]: {file: escapeAttribute(file)}});
}

/** The child goes together with the white space before it. */
function removeChild(parent: Node, name: string): void {
	const children = childrenOf(parent);
	const at = children.findIndex(node => nameOf(node) === name);
	if (at === -1) return;
	const indented = isBlank(children[at - 1]);
	children.splice(indented ? at - 1 : at, indented ? 2 : 1);
}

/** On a line of its own where its neighbour is. */
function insertBefore(parent: Node, name: string, node: Node): void {
	const children = childrenOf(parent);
	const at = children.findIndex(candidate => nameOf(candidate) === name);
	const indent = children[at - 1];
	children.splice(at, 0, node, ...(isBlank(indent) ? [indent] : []));
}

function isBlank(node: Node | undefined): node is Node {
	const text = node?.['#text'];
	return typeof text === 'string' && text.trim() === '';
}

function disksOf(domain: Node | undefined): Node[] {
	return childrenOf(child(domain, 'devices')).filter(node => nameOf(node) === 'disk');
}

function nameOf(node: Node): string {
	return Object.keys(node).find(key => key !== attributesKey) ?? '';
}

function childrenOf(node: Node | undefined): Node[] {
	const value = node?.[nameOf(node)];
	return Array.isArray(value) ? value : [];
}

function child(node: Node | undefined, name: string): Node | undefined {
	return childrenOf(node).find(candidate => nameOf(candidate) === name);
}

function attributesOf(node: Node | undefined): Record<string, string> {
	return (node?.[attributesKey] as Record<string, string> | undefined) ?? {};
}

function attribute(node: Node | undefined, name: string): string | undefined {
	return attributesOf(node)[name];
}

function setAttribute(node: Node, name: string, value: string): void {
	node[attributesKey] = {...attributesOf(node), [name]: value};
}

/** The builder writes attributes in double quotes; libvirt may have written them in single ones. */
function quoted(node: Node): Node {
	const attributes = Object.entries(attributesOf(node)).map(([name, value]) => [name, value.replaceAll('"', '&quot;')]);
	const name = nameOf(node);
	const value = node[name]!;
	const copy: Node = {[name]: Array.isArray(value) ? value.map(quoted) : value};
	return attributes.length > 0 ? {...copy, [attributesKey]: Object.fromEntries(attributes)} : copy;
}

/** Line ends and tabs as references too, or a parser would make spaces of them (XML 1.0, 3.3.3). */
function escapeAttribute(text: string): string {
	const references: Record<string, string> = {'&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&apos;'};
	return text.replace(/[&<>"'\n\r\t]/g, character => references[character] ?? `&#${character.codePointAt(0)};`);
}

function nullable(text: string | undefined): string | null {
	return text === undefined ? null : resolve(text);
}

const named: Record<string, string> = {amp: '&', lt: '<', gt: '>', quot: '"', apos: "'"};

function resolve(raw: string): string {
	return raw.replace(/&(?:#x([0-9a-f]+)|#(\d+)|(\w+));/gi, (whole, hexadecimal, decimal, name) => {
		if (name !== undefined) return named[name] ?? whole;
		return String.fromCodePoint(hexadecimal === undefined ? Number(decimal) : Number.parseInt(hexadecimal, 16));
	});
}
