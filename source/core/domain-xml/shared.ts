/** What a copy of a definition still has in common with its base, though both would use it: to be said before. */

import {characterDevices, isListening} from './own-values.ts';
import {attribute, child, childNodes, type Node, nameOf, parseTree, rootOf} from './tree.ts';

/** `exclusive`: only one domain at a time. `data`: both read and write it. `identity`: the guest takes itself for the base. */
export type Shared = {readonly kind: 'exclusive' | 'data' | 'identity'; readonly what: string};

/** Of a `<domain>`, in the order of the definition. */
export function sharedIn(domainXml: string): Shared[] {
	const root = rootOf(parseTree(domainXml), 'domain');
	const devices = childNodes(child(root, 'devices')).flatMap(device => {
		const name = nameOf(device);
		if (characterDevices.includes(name)) return characterDevice(device);
		return (rows[name] ?? (() => []))(device);
	});
	const labels = childNodes(root).filter(node => nameOf(node) === 'seclabel' && attribute(node, 'type') === 'static');
	return [
		...labels.map((): Shared => ({kind: 'data', what: 'static security label'})),
		...sysinfo(child(root, 'sysinfo')),
		...devices,
		...(child(root, 'qemu:commandline')
			? [{kind: 'exclusive', what: 'arguments of its <qemu:commandline>'} as const]
			: []),
	];
}

type Row = (device: Node) => readonly Shared[];

const exclusive = (what: string): Shared[] => [{kind: 'exclusive', what}];
const data = (what: string): Shared[] => [{kind: 'data', what}];
const source = (device: Node, name: string) => attribute(child(device, 'source'), name);

/** What each kind of device names on the host. */
const rows: Readonly<Record<string, Row>> = {
	hostdev: device => exclusive(`host device (${attribute(device, 'type') ?? attribute(device, 'mode') ?? 'hostdev'})`),
	lease: device => exclusive(`lease ${textOf(child(device, 'key'))}`),
	interface(device) {
		const type = attribute(device, 'type') ?? '';
		if (['hostdev', 'vdpa'].includes(type)) return exclusive(`host device (interface ${type})`);
		if (type === 'vhostuser') return exclusive(`socket ${source(device, 'path') ?? 'of vhostuser'}`);
		const target = child(device, 'target');
		if (target && attribute(target, 'managed') === 'no') return exclusive(`tap ${attribute(target, 'dev') ?? ''}`);
		const addresses = childNodes(child(device, 'filterref')).filter(node => attribute(node, 'name') === 'IP');
		return addresses.map(node => ({kind: 'identity', what: `address ${attribute(node, 'value') ?? ''} in its filter`}));
	},
	filesystem: device => data(`folder ${source(device, 'dir') ?? source(device, 'socket') ?? ''}`),
	shmem: device => data(`shared memory ${attribute(device, 'name') ?? ''}`),
	memory: device => {
		const path = textOf(child(child(device, 'source'), 'path'));
		return path === '' ? [] : data(`${attribute(device, 'model') ?? 'memory'} ${path}`);
	},
	tpm(device) {
		const path = attribute(child(child(device, 'backend'), 'device'), 'path');
		if (path !== undefined) return exclusive(`TPM ${path}`);
		const state = attribute(child(child(device, 'backend'), 'source'), 'path');
		return state === undefined ? [] : data(`TPM state ${state}`);
	},
	disk(device) {
		const file = source(device, 'file') ?? '';
		const kind = attribute(device, 'device');
		if (kind === 'floppy' && file !== '' && !child(device, 'readonly')) return data(`floppy ${file}`);
		return /cidata|cloud-?init|nocloud|seed/i.test(file.slice(file.lastIndexOf('/')))
			? [{kind: 'identity', what: `cloud-init seed ${file}`}]
			: [];
	},
};

function characterDevice(device: Node): Shared[] {
	const type = attribute(device, 'type') ?? '';
	const ports = childNodes(device).filter(node => nameOf(node) === 'source' && attribute(node, 'mode') === 'bind');
	if (['tcp', 'udp'].includes(type)) {
		return ports.flatMap(node => exclusive(`${type} port ${attribute(node, 'service') ?? ''} of ${nameOf(device)}`));
	}
	const path = source(device, 'path');
	if (type === 'unix' && path !== undefined && !isListening(device)) return exclusive(`socket ${path}`);
	return ['dev', 'pipe'].includes(type) ? exclusive(`${nameOf(device)} ${path ?? ''}`) : [];
}

/** Numbers of the machine, and what cloud-init reads there. */
function sysinfo(node: Node | undefined): Shared[] {
	const entries = childNodes(node).flatMap(part => (nameOf(part) === 'entry' ? [part] : childNodes(part)));
	const named = entries.filter(entry => {
		const name = attribute(entry, 'name') ?? '';
		return name === 'serial' || name === 'asset' || /cloud-?init|ignition|nocloud/i.test(name + textOf(entry));
	});
	const words = new Set(named.map(entry => `${attribute(entry, 'name') ?? 'entry'} in its <sysinfo>`));
	return [...words].map(what => ({kind: 'identity', what}));
}

function textOf(node: Node | undefined): string {
	const text = childNodes(node).find(candidate => nameOf(candidate) === '#text')?.['#text'];
	return typeof text === 'string' ? text.trim() : '';
}
