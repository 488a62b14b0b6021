/** XML as libvirt writes it, read. Everything stays text: the snapshot `007` must not become the number 7. */
import {Parser} from 'htmlparser2';
import {decodeEntities} from '../core/domain-xml/entities.ts';

/** An element: its attributes and its text as they are written, and its child elements in their order. */
export type Element = {
	readonly name: string;
	readonly attributes: Readonly<Record<string, string>>;
	text: string;
	readonly children: Element[];
};

/**
 * Parse a document and return its root element. What is in a `<metadata>` is left out: those are anybody's own elements.
 *
 * The parser is a lenient one with reason: libvirt writes the name that an image gives to its base as it is, also line ends and
 * characters that XML does not allow, and a strict one would make spaces of them or refuse the whole definition.
 *
 * @throws {Error} it is no XML, it ends too early, or its root is another element
 */
export function parseXml(xml: string, root: string): Element {
	const document: Element = {name: '', attributes: {}, text: '', children: []};
	const open: Element[] = [document];
	let foreign = 0;
	const parser = new Parser(
		{
			onopentag(name, attributes) {
				if (foreign > 0 || name === 'metadata') foreign++;
				else {
					const element = {name, attributes, text: '', children: []};
					open.at(-1)!.children.push(element);
					open.push(element);
				}
			},
			ontext(text) {
				if (foreign === 0) open.at(-1)!.text += text;
			},
			onclosetag() {
				if (foreign > 0) foreign--;
				else open.pop();
			},
		},
		{xmlMode: true, decodeEntities: false},
	);
	parser.write(xml);
	const element = document.children[0];
	if (element?.name !== root) throw new Error(`libvirt's answer is not a <${root}> document`);
	if (open.length > 1) throw new Error(`libvirt's <${root}> document is cut off`);
	return element;
}

/** Child elements of that name, in order; none gives an empty list. */
export function children(element: Element | undefined, name: string): readonly Element[] {
	return element?.children.filter(child => child.name === name) ?? [];
}

/** First child along a path of names. */
export function childAt(element: Element | undefined, ...path: readonly string[]): Element | undefined {
	return path.reduce<Element | undefined>(
		(parent, name) => parent?.children.find(child => child.name === name),
		element,
	);
}

/** An attribute's value, or null. */
export function attributeOf(element: Element | undefined, name: string): string | null {
	const value = element?.attributes[name];
	return value === undefined ? null : decodeEntities(value);
}

/** The text of an element, exactly; null where there is no element. */
export function textContent(element: Element | undefined): string | null {
	return element === undefined ? null : decodeEntities(element.text);
}
