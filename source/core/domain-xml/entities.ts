/** Entities of XML, read. */

const named: Readonly<Record<string, string>> = {lt: '<', gt: '>', amp: '&', quot: '"', apos: "'"};

/**
 * The text that was written so: the five entities of XML and character references (XML 1.0, 4.6 and 4.1), in one pass, so that
 * `&amp;lt;` stays `&lt;`. What is none of them, such as a reference beyond Unicode, stays as it is.
 */
export function decodeEntities(raw: string): string {
	return raw.replaceAll(/&(?:#x([0-9a-f]+)|#(\d+)|(\w+));/gi, (whole, hexadecimal, decimal, name) => {
		if (name !== undefined) return Object.hasOwn(named, name) ? named[name]! : whole;
		const point = hexadecimal === undefined ? Number(decimal) : Number.parseInt(hexadecimal, 16);
		return point <= 0x10ffff ? String.fromCodePoint(point) : whole;
	});
}
