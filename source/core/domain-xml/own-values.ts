/** What two domains cannot have alike, in a copy of a definition: values of its own where they can be derived from its name. */

import {basename, dirname, join} from 'node:path/posix';
import {fileSafe} from '../planning/file-names.ts';
import {withoutRetentions} from './retention.ts';
import {
	attribute,
	attributesOf,
	child,
	childNodes,
	type Node,
	nameOf,
	removeChild,
	setAttribute,
	setText,
} from './tree.ts';

type Who = {readonly name: string; readonly uuid: string};

/** Devices that QEMU connects to the host by a character device (https://libvirt.org/formatdomain.html, "Consoles, serial…"). */
export const characterDevices: readonly string[] = ['serial', 'parallel', 'console', 'channel', 'redirdev'];

/** Changes the `<domain>` in place: log files, sockets, ports, tap names and identifiers that libvirt draws, and its UUID wherever else it stands. */
export function setOwnValues(root: Node, was: Who, is: Who): void {
	for (const device of childNodes(child(root, 'devices'))) {
		const name = nameOf(device);
		if (characterDevices.includes(name)) setCharacterDevice(device, was, is);
		if (name === 'graphics') setGraphics(device, was, is);
		if (name === 'interface') setInterface(device);
		if (name === 'vsock') setVsock(device);
	}
	setSystemUuid(child(root, 'sysinfo'), is);
	const metadata = child(root, 'metadata');
	for (const text of childNodes(metadata)) {
		replaceUuid(text, was, is);
		removeRetentions(text, metadata);
	}
}

/** A file or socket beside the one of the base: its name with the new domain's in place of the old one's, or before it. */
function ownPath(path: string, was: Who, is: Who): string {
	const file = basename(path).replaceAll(was.uuid, is.uuid);
	const own = fileSafe(is.name);
	const named = [was.name, fileSafe(was.name)].find(name => file.includes(name));
	return join(dirname(path), named === undefined ? `${own}-${file}` : file.replaceAll(named, own));
}

function setPath(node: Node | undefined, name: string, was: Who, is: Who): void {
	const path = attribute(node, name);
	if (node && path?.startsWith('/')) setAttribute(node, name, ownPath(path, was, is));
}

function setCharacterDevice(device: Node, was: Who, is: Who): void {
	setPath(child(device, 'log'), 'file', was, is);
	const source = child(device, 'source');
	const made = attribute(device, 'type') === 'file' || isListening(device);
	if (made) setPath(source, 'path', was, is);
}

/** QEMU makes the socket, and somebody else connects to it. */
export function isListening(device: Node): boolean {
	return childNodes(device).some(node => nameOf(node) === 'source' && attribute(node, 'mode') === 'bind');
}

/** The next port that is free, as libvirt chooses it. */
function setGraphics(device: Node, was: Who, is: Who): void {
	setPath(device, 'socket', was, is);
	for (const listen of childNodes(device)) setPath(listen, 'socket', was, is);
	if (attribute(device, 'autoport') === 'yes' || attribute(device, 'port') === undefined) {
		if (attribute(device, 'websocket') !== undefined) setAttribute(device, 'websocket', '-1');
		return;
	}
	setAttribute(device, 'autoport', 'yes');
	for (const name of ['port', 'tlsPort', 'websocket'])
		if (attribute(device, name) !== undefined) setAttribute(device, name, '-1');
}

/** The name of the tap on the host, and the number of its port in Open vSwitch. One that somebody else has made stays. */
function setInterface(device: Node): void {
	const target = child(device, 'target');
	if (target && attribute(target, 'managed') !== 'no') removeChild(device, 'target');
	const parameters = child(child(device, 'virtualport'), 'parameters');
	if (parameters && attribute(parameters, 'interfaceid') !== undefined) removeAttribute(parameters, 'interfaceid');
}

function setVsock(device: Node): void {
	const cid = child(device, 'cid');
	if (!cid) return;
	setAttribute(cid, 'auto', 'yes');
	removeAttribute(cid, 'address');
}

function removeAttribute(node: Node, name: string): void {
	const attributes = {...(node[':@'] as Record<string, string>)};
	delete attributes[name];
	node[':@'] = attributes;
}

/** libvirt refuses a definition in which it is not that of the domain. */
function setSystemUuid(sysinfo: Node | undefined, {uuid}: Who): void {
	for (const entry of childNodes(child(sysinfo, 'system'))) {
		if (attribute(entry, 'name') === 'uuid') setText(entry, uuid);
	}
}

function replaceUuid(node: Node, was: Who, is: Who): void {
	const text = node['#text'];
	if (typeof text === 'string') node['#text'] = text.replaceAll(was.uuid, is.uuid);
}

/** The copy has none of the snapshots. */
function removeRetentions(node: Node, metadata: Node | undefined): void {
	const text = node['#text'];
	if (typeof text === 'string') node['#text'] = withoutRetentions(text, attributesOf(metadata));
}
