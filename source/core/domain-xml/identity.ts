/** Whose a domain's XML is, and the same XML as that of another domain. */
import {decodeEntities} from './entities.ts';
import {setOwnValues} from './own-values.ts';
import {
	attribute,
	buildTree,
	child,
	childNodes,
	element,
	type Node,
	nameOf,
	parseTree,
	removeChild,
	rootOf,
	setAttribute,
	setText,
} from './tree.ts';

/** What makes a copy of a domain another domain. */
type Identity = {
	readonly name: string;
	readonly uuid: string;
	/** One per network interface, in their order; the last is enough for as many as come. */
	readonly mac: (index: number) => string;
	/** Path for the NVRAM; null where the domain has none. */
	readonly nvram: string | null;
};

/**
 * The domain XML as that of another domain: name, UUID, MAC addresses, NVRAM, and what else it cannot share with the first; the
 * generation ID is left for libvirt to draw.
 */
export function withIdentity(domainXml: string, identity: Identity): string {
	const tree = parseTree(domainXml);
	const root = rootOf(tree, 'domain');
	if (!root) return domainXml;
	const was = {name: textIn(child(root, 'name')), uuid: textIn(child(root, 'uuid'))};
	setOwnValues(root, was, identity);
	const texts = {name: identity.name, uuid: identity.uuid, genid: ''};
	for (const [name, text] of Object.entries(texts)) {
		const node = child(root, name);
		if (node) setText(node, text);
	}
	const os = child(root, 'os');
	if (identity.nvram !== null) setNvram(os, identity.nvram);
	// libvirt makes new ones; with the path of the other domain both would write to one file.
	else if (os) removeChild(os, 'nvram');
	const interfaces = childNodes(child(root, 'devices')).filter(node => nameOf(node) === 'interface');
	for (const [index, device] of interfaces.entries()) {
		const mac = child(device, 'mac');
		if (mac) setAttribute(mac, 'address', identity.mac(index));
	}
	return buildTree(tree);
}

function textIn(node: Node | undefined): string {
	const text = childNodes(node)[0]?.['#text'];
	return typeof text === 'string' ? decodeEntities(text.trim()) : '';
}

/** The path stands as text, in a `<source file=…>` or in a `<varstore path=…>`; where libvirt chooses the firmware there may be no element yet. */
function setNvram(os: Node | undefined, file: string): void {
	const varstore = child(os, 'varstore');
	const nvram = child(os, 'nvram');
	const source = child(nvram, 'source');
	if (varstore) setAttribute(varstore, 'path', file);
	else if (source) setAttribute(source, 'file', file);
	else if (nvram) setText(nvram, file);
	else {
		const added = element('nvram');
		setText(added, file);
		childNodes(os).unshift({'#text': '\n    '}, added);
	}
}

/** Whether a domain of this definition keeps UEFI variables. */
export function keepsVariables(domainXml: string): boolean {
	const os = child(rootOf(parseTree(domainXml), 'domain'), 'os');
	const pflash = attribute(child(os, 'loader'), 'type') === 'pflash';
	return pflash || attribute(os, 'firmware') === 'efi' || ['nvram', 'varstore'].some(name => child(os, name));
}

/** UUID of the domain that this XML defines; null where there is none. */
export function uuidOf(domainXml: string): string | null {
	return /<uuid>([0-9a-f-]{36})<\/uuid>/.exec(domainXml)?.[1] ?? null;
}
