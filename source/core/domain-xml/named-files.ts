/** What a definition names and QEMU cannot start without: files that have to be there, and ports that have to be free. */
import type {Listener} from '../model/facts.ts';
import {decodeEntities} from './entities.ts';
import {attribute, child, childNodes, type Node, nameOf, parseTree, rootOf} from './tree.ts';

/** A file, and what it is to the domain in libvirt's words: `cdrom sda`, `kernel`. `unless`: not needed where this one is there. */
export type NamedFile = {readonly what: string; readonly file: string; readonly unless: string | null};

/**
 * Of a `<domain>`, or of the one in a `<domainsnapshot>`. What libvirt or QEMU makes where it is not there is left out (logs, sockets,
 * variables that have a template), and so is a medium that libvirt drops where it is gone (`startupPolicy`).
 *
 * @param without targets of disks that get another file
 */
export function namedFiles(xml: string, without: ReadonlySet<string> = new Set()): NamedFile[] {
	const domain = domainIn(xml);
	const devices = childNodes(child(domain, 'devices'));
	const disks = devices.filter(node => nameOf(node) === 'disk');
	const found: Maybe[] = [
		...osFiles(child(domain, 'os')),
		...disks.filter(disk => !without.has(targetOf(disk))).flatMap(diskFiles),
		...devices.flatMap(deviceFiles),
		...childNodes(child(domain, 'sysinfo')).map(node => ({what: 'fw_cfg entry', file: attribute(node, 'file')})),
	];
	return found.flatMap(({what, file, unless}: Maybe) =>
		file?.startsWith('/') ? [{what, file, unless: unless ?? null}] : [],
	);
}

function domainIn(xml: string): Node | undefined {
	const tree = parseTree(xml);
	return rootOf(tree, 'domain') ?? child(rootOf(tree, 'domainsnapshot'), 'domain');
}

/** Everything in a document that may be a file, to be looked for: the answer to `namedFiles` needs no other. */
export function pathsIn(xml: string): string[] {
	const found = xml.matchAll(/(?:=(['"])(\/.*?)\1)|(?:>\s*(\/[^<]*?)\s*<\/)/gs);
	return [...new Set([...found].map(match => decodeEntities(match[2] ?? match[3]!)))];
}

/** The domain's name in its XML; null where there is none. */
export function nameIn(domainXml: string): string | null {
	return textOf(child(rootOf(parseTree(domainXml), 'domain'), 'name')) ?? null;
}

/** A TCP port at which QEMU listens, and what it is to the domain: `vnc`, `serial`. */
export type NamedPort = Listener & {readonly what: string};

/**
 * The ports of a `<domain>`, or of the one in a `<domainsnapshot>`. Those that libvirt chooses anew at each start (`autoport`) are left
 * out, but with `chosen`: then the document is the one of a running domain, which has them.
 */
export function namedPorts(xml: string, {chosen = false}: {readonly chosen?: boolean} = {}): NamedPort[] {
	return childNodes(child(domainIn(xml), 'devices')).flatMap(device =>
		nameOf(device) === 'graphics' ? graphicsPorts(device, chosen) : characterPorts(device),
	);
}

function graphicsPorts(device: Node, chosen: boolean): NamedPort[] {
	if (attribute(device, 'autoport') === 'yes' && !chosen) return [];
	const listens = childNodes(device).map(node => attribute(node, 'address'));
	const address = attribute(device, 'listen') ?? listens.find(one => one !== undefined);
	const what = attribute(device, 'type') ?? 'graphics';
	return ['port', 'tlsPort', 'websocket'].flatMap(name => portAt(what, address, attribute(device, name)));
}

/** Of a character device that waits for somebody to connect. */
function characterPorts(device: Node): NamedPort[] {
	if (attribute(device, 'type') !== 'tcp') return [];
	const bound = childNodes(device).filter(node => nameOf(node) === 'source' && attribute(node, 'mode') === 'bind');
	return bound.flatMap(node => portAt(nameOf(device), attribute(node, 'host'), attribute(node, 'service')));
}

/** libvirt listens on this machine alone where no address is named. */
function portAt(what: string, address = '127.0.0.1', service = ''): NamedPort[] {
	const port = Number(service);
	return Number.isInteger(port) && port > 0 ? [{what, address, port}] : [];
}

type Maybe = {readonly what: string; readonly file: string | undefined; readonly unless?: string | undefined};

function osFiles(os: Node | undefined): Maybe[] {
	const texts = ['loader', 'kernel', 'initrd', 'dtb', 'shim'].map(what => ({what, file: textOf(child(os, what))}));
	const tables = childNodes(child(os, 'acpi')).map(node => ({what: 'ACPI table', file: textOf(node)}));
	const nvram = child(os, 'nvram');
	const varstore = child(os, 'varstore');
	const variables = textOf(nvram) ?? attribute(child(nvram, 'source'), 'file') ?? attribute(varstore, 'path');
	const template = attribute(nvram, 'template') ?? attribute(varstore, 'template');
	// libvirt makes the variables of a template, where they are not there; with firmware='efi' it finds one.
	if (template !== undefined) {
		return [...texts, ...tables, {what: 'template of the UEFI variables', file: template, unless: variables}];
	}
	const own = attribute(os, 'firmware') === undefined ? [{what: 'UEFI variables', file: variables}] : [];
	return [...texts, ...tables, ...own];
}

/** The medium, and what it depends on where that is recorded. */
function diskFiles(disk: Node): Maybe[] {
	const source = child(disk, 'source');
	if (['optional', 'requisite'].includes(attribute(source, 'startupPolicy') ?? '')) return [];
	const what = `${attribute(disk, 'device') ?? 'disk'} ${targetOf(disk)}`;
	const layers: Maybe[] = [];
	for (let layer: Node | undefined = disk; layer !== undefined; layer = child(layer, 'backingStore')) {
		const from = child(layer, 'source');
		layers.push({what, file: attribute(from, 'file') ?? attribute(from, 'dev') ?? attribute(from, 'dir')});
	}
	return layers;
}

/** Where other devices name what must be there: the path of elements to it, and its attribute (null: the text). */
const places: readonly (readonly [device: string, path: readonly string[], attribute: string | null])[] = [
	['emulator', [], null],
	['filesystem', ['source'], 'dir'],
	['filesystem', ['source'], 'file'],
	['filesystem', ['source'], 'dev'],
	['filesystem', ['source'], 'socket'],
	['filesystem', ['binary'], 'path'],
	['memory', ['source', 'path'], null],
	['rng', ['backend'], null],
	['tpm', ['backend', 'device'], 'path'],
	['input', ['source'], 'evdev'],
	['input', ['source'], 'dev'],
	['interface', ['rom'], 'file'],
	['hostdev', ['rom'], 'file'],
	['hostdev', ['source', 'block'], null],
	['hostdev', ['source', 'char'], null],
	['graphics', ['gl'], 'rendernode'],
	['video', ['driver'], 'rendernode'],
	['smartcard', ['database'], null],
	['vsock', ['source'], 'dev'],
];

function deviceFiles(device: Node): Maybe[] {
	const name = nameOf(device);
	const named = places.filter(([kind]) => kind === name);
	const found = named.map(([, path, attributeName]) => {
		const node = path.reduce<Node | undefined>(child, device);
		return {what: name, file: attributeName === null ? textOf(node) : attribute(node, attributeName)};
	});
	const source = child(device, 'source');
	// A character device of the host; a file or a socket of that name is made.
	const character = attribute(device, 'type') === 'dev' && ['serial', 'parallel', 'console', 'channel'].includes(name);
	return character ? [...found, {what: name, file: attribute(source, 'path')}] : found;
}

function targetOf(disk: Node): string {
	return attribute(child(disk, 'target'), 'dev') ?? '';
}

function textOf(node: Node | undefined): string | undefined {
	const text = childNodes(node).find(candidate => nameOf(candidate) === '#text')?.['#text'];
	return typeof text === 'string' && text.trim() !== '' ? decodeEntities(text.trim()) : undefined;
}
