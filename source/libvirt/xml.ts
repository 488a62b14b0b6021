/** XML as libvirt writes it, into plain objects. Everything stays text: the snapshot `007` must not become the number 7. */
import {XMLParser} from 'fast-xml-parser';
import {decodeEntities} from '../core/domain-xml/entities.ts';

/** An element: attributes under `@name`, text under `#text`, child elements under their name, always as a list. */
export type Element = {readonly [key: `@${string}`]: string; readonly '#text'?: string} & {
	readonly [child: string]: readonly Element[] | string | undefined;
};

const options = {
	parseTagValue: false,
	parseAttributeValue: false,
	ignoreAttributes: false,
	attributeNamePrefix: '@',
	alwaysCreateTextNode: true,
	trimValues: false,
	// Anybody's own elements, kept as they are: the parser throws at names such as `constructor`, and one domain would hide all.
	stopNodes: ['*.metadata'] as string[],
	// Nobody reads the path of each node, and to write it as text takes a sixth of the time.
	jPath: false,
	// Resolved below: the parser knows no `&#10;`, and stops with an error at a number of entities that real dumps reach.
	processEntities: false,
	isArray: (_name: string, _path: unknown, _leaf: boolean, isAttribute: boolean) => !isAttribute,
} as const;

/**
 * Parse a document and return its root element.
 *
 * @throws {Error} it is no XML, or its root is another element
 */
export function parseXml(xml: string, root: string): Element {
	const document = new XMLParser(options).parse(xml) as Element;
	const element = document[root];
	if (!Array.isArray(element)) throw new Error(`libvirt's answer is not a <${root}> document`);
	return element[0] as Element;
}

/** Child elements of that name, in order; none gives an empty list. */
export function children(element: Element | undefined, name: string): readonly Element[] {
	const found = element?.[name];
	return Array.isArray(found) ? found : [];
}

/** First child along a path of names. */
export function childAt(element: Element | undefined, ...path: readonly string[]): Element | undefined {
	return path.reduce<Element | undefined>((parent, name) => children(parent, name)[0], element);
}

/** An attribute's value, or null. */
export function attributeOf(element: Element | undefined, name: string): string | null {
	const value = element?.[`@${name}`];
	return value === undefined ? null : decodeEntities(value);
}

/** The text of an element, exactly; null where there is no element. */
export function textContent(element: Element | undefined): string | null {
	return element === undefined ? null : decodeEntities(element['#text'] ?? '');
}
