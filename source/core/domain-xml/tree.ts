/**
 * XML of libvirt as an ordered tree that can be changed and written again. Text and attributes are kept as they were written,
 * entities unresolved, so that what is not changed comes out as it went in.
 */
import {XMLBuilder, XMLParser} from 'fast-xml-parser';
import {decodeEntities} from './entities.ts';

/** One node of fast-xml-parser's ordered form: its name as the only key beside the attributes, its children as the value. */
export type Node = {[name: string]: Node[] | string | Record<string, string>};

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
	// Nobody reads the path of each node, and to write it as text takes a sixth of the time.
	jPath: false,
} as const;
const parser = new XMLParser(options);
const builder = new XMLBuilder({...options, suppressEmptyNode: true, suppressBooleanAttributes: false});

/** The document as a list of nodes: what stands before the root, and the root. */
export function parseTree(xml: string): Node[] {
	return parser.parse(xml);
}

/** The root of that name; undefined where the document has another. */
export function rootOf(tree: readonly Node[], name: string): Node | undefined {
	return tree.find(node => nameOf(node) === name);
}

/** The document again, as text. The builder writes attributes in double quotes, and a double one in them as a reference. */
export function buildTree(tree: readonly Node[]): string {
	return builder.build(tree);
}

/** The child goes together with the white space before it. */
export function removeChild(parent: Node, name: string): void {
	const children = childNodes(parent);
	const at = children.findIndex(node => nameOf(node) === name);
	if (at === -1) return;
	const indented = isBlank(children[at - 1]);
	children.splice(indented ? at - 1 : at, indented ? 2 : 1);
}

/** On a line of its own where its neighbour is. */
export function insertBefore(parent: Node, name: string, node: Node): void {
	const children = childNodes(parent);
	const at = children.findIndex(candidate => nameOf(candidate) === name);
	const indent = children[at - 1];
	children.splice(at, 0, node, ...(isBlank(indent) ? [indent] : []));
}

function isBlank(node: Node | undefined): node is Node {
	const text = node?.['#text'];
	return typeof text === 'string' && text.trim() === '';
}

/** The disks of a `<domain>`. */
export function disksOf(domain: Node | undefined): Node[] {
	return childNodes(child(domain, 'devices')).filter(node => nameOf(node) === 'disk');
}

/** The element's name; `#text` for a text. */
export function nameOf(node: Node): string {
	return Object.keys(node).find(key => key !== attributesKey) ?? '';
}

/** To be changed in place; empty for a text, and where there is no node. */
export function childNodes(node: Node | undefined): Node[] {
	const value = node?.[nameOf(node)];
	return Array.isArray(value) ? value : [];
}

/** The first child of that name. */
export function child(node: Node | undefined, name: string): Node | undefined {
	return childNodes(node).find(candidate => nameOf(candidate) === name);
}

/** As they are written. */
export function attributesOf(node: Node | undefined): Record<string, string> {
	const attributes = node?.[attributesKey];
	return typeof attributes === 'object' && !Array.isArray(attributes) ? attributes : {};
}

/** Its value in plain text. */
export function attribute(node: Node | undefined, name: string): string | undefined {
	const raw = attributesOf(node)[name];
	return raw === undefined ? undefined : decodeEntities(raw);
}

/** `value` in plain text. */
export function setAttribute(node: Node, name: string, value: string): void {
	node[attributesKey] = {...attributesOf(node), [name]: escaped(value)};
}

/** An empty text leaves an empty element. */
export function setText(node: Node, text: string): void {
	node[nameOf(node)] = text === '' ? [] : [{'#text': escaped(text)}];
}

/** A new element without children. */
export function element(name: string, attributes: Readonly<Record<string, string>> = {}): Node {
	const node: Node = {[name]: []};
	for (const [key, value] of Object.entries(attributes)) setAttribute(node, key, value);
	return node;
}

const references: Readonly<Record<string, string>> = {
	'&': '&amp;',
	'<': '&lt;',
	'>': '&gt;',
	'"': '&quot;',
	"'": '&apos;',
};

/** Line ends and tabs as references too, or a parser would make spaces of them (XML 1.0, 3.3.3). */
function escaped(text: string): string {
	return text.replace(/[&<>"'\n\r\t]/g, character => references[character] ?? `&#${character.codePointAt(0)};`);
}
