/** Definitions of a domain as text that can be compared line by line. */
import {withoutSecrets} from './secrets.ts';
import {buildTree, child, childNodes, type Node, nameOf, parseTree, rootOf} from './tree.ts';

/**
 * The definition that libvirt recorded with a snapshot: the one for the next start where there are two, as that is what a person has
 * edited; null where the record holds none (an unmanaged snapshot, or one that was redefined without).
 */
export function recordedDefinition(snapshotXml: string): string | null {
	const root = rootOf(parseTree(snapshotXml), 'domainsnapshot');
	const found = child(root, 'inactiveDomain') ?? child(root, 'domain');
	return found === undefined ? null : buildTree([renamed(found, 'domain')]);
}

/** Every definition in a record: of the running domain, and for the next start where it has both. */
export function recordedDefinitions(snapshotXml: string): string[] {
	const children = childNodes(rootOf(parseTree(snapshotXml), 'domainsnapshot'));
	return children.filter(one => ['domain', 'inactiveDomain'].includes(nameOf(one))).map(one => buildTree([one]));
}

/** One element a line, indented by its depth, in the order that libvirt writes; without passwords. */
export function comparable(domainXml: string): string {
	const root = rootOf(parseTree(withoutSecrets(domainXml)), 'domain');
	return root === undefined ? '' : `${linesOf(root, 0).join('\n')}\n`;
}

function linesOf(node: Node, depth: number): string[] {
	const indent = '  '.repeat(depth);
	const children = childNodes(node).filter(one => !isBlank(one));
	if (children.every(one => nameOf(one) === '#text'))
		return buildTree([trimmed(node)])
			.split(/\s*\n\s*/)
			.map(line => indent + line);
	const [opening, closing] = buildTree([{...node, [nameOf(node)]: [{'#text': '\n'}]}]).split('\n');
	return [indent + opening, ...children.flatMap(one => linesOf(one, depth + 1)), indent + closing];
}

const textOf = (node: Node): string => (typeof node['#text'] === 'string' ? node['#text'] : '');
const isBlank = (node: Node): boolean => nameOf(node) === '#text' && textOf(node).trim() === '';

function trimmed(node: Node): Node {
	if (nameOf(node) === '#text') return {'#text': textOf(node).trim()};
	const texts = childNodes(node).filter(one => !isBlank(one));
	return {...node, [nameOf(node)]: texts.map(one => ({'#text': textOf(one).trim()}))};
}

function renamed(node: Node, name: string): Node {
	const {[nameOf(node)]: children, ...attributes} = node;
	return {[name]: children!, ...attributes} as Node;
}
