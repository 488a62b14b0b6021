/** Entities of XML: whatever is written as one is read back, and nothing makes the reader throw. */
import fc from 'fast-check';
import {expect, test} from 'vitest';
import {decodeEntities} from '../../../source/core/domain-xml/entities.ts';
import {attribute, element, setAttribute} from '../../../source/core/domain-xml/tree.ts';
import {childAt, parseXml, textContent} from '../../../source/libvirt/xml.ts';

test.each([
	['&lt;&gt;&amp;&quot;&apos;', '<>&"\''],
	['&amp;lt;', '&lt;'],
	['&#10;&#x1F600;&#X41;', '\n😀A'],
	['&#x10ffff;', '\u{10ffff}'],
	['&#x110000;', '&#x110000;'],
	['&#99999999999999999999;', '&#99999999999999999999;'],
	['&constructor; &nbsp; & &;', '&constructor; &nbsp; & &;'],
])('%s', (raw, read) => {
	expect(decodeEntities(raw)).toBe(read);
	expect(textContent(childAt(parseXml(`<domain><name>${raw}</name></domain>`, 'domain'), 'name'))).toBe(read);
});

test('any reference is read, as it is where it stands for no character', () => {
	fc.assert(
		fc.property(fc.bigInt({min: 0n, max: 1n << 80n}), fc.boolean(), (point, hexadecimal) => {
			const raw = hexadecimal ? `&#x${point.toString(16)};` : `&#${point};`;
			expect(decodeEntities(raw)).toBe(point <= 0x10ffffn ? String.fromCodePoint(Number(point)) : raw);
		}),
	);
});

test('any text that is written into the tree is read out of it', () => {
	fc.assert(
		fc.property(fc.string({unit: 'binary'}), value => {
			const node = element('disk');
			setAttribute(node, 'name', value);
			expect(attribute(node, 'name')).toBe(value);
			decodeEntities(value);
		}),
	);
});
