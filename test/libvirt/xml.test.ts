import fc from 'fast-check';
import {expect, test} from 'vitest';
import {attributeOf, childAt, children, parseXml, textContent} from '../../source/libvirt/xml.ts';

test('everything stays text: numbers, blanks, truth values', () => {
	const root = parseXml('<r a="007" b="1.10"><n>007</n><s> x </s><e/><t>true</t></r>', 'r');
	expect([attributeOf(root, 'a'), attributeOf(root, 'b')]).toEqual(['007', '1.10']);
	expect(['n', 's', 'e', 't', 'none'].map(name => textContent(childAt(root, name)))).toEqual([
		'007',
		' x ',
		'',
		'true',
		null,
	]);
	expect(attributeOf(root, 'none')).toBeNull();
});

test('entities are resolved once, numbered ones as well', () => {
	const root = parseXml('<r a="x&#10;y &amp;amp;">&lt;&#x5FEB;&amp;lt;&quot;&apos;&unknown;</r>', 'r');
	expect(textContent(root)).toBe('<快&lt;"\'&unknown;');
	expect(attributeOf(root, 'a')).toBe('x\ny &amp;');
});

test('thousands of entities are no attack', () => {
	expect(textContent(parseXml(`<r>${'&quot;'.repeat(20_000)}</r>`, 'r'))).toBe('"'.repeat(20_000));
});

test('children of one name are a list, be it one or many', () => {
	const root = parseXml('<r><d i="1"/><d i="2"/></r>', 'r');
	expect(children(root, 'd').map(element => attributeOf(element, 'i'))).toEqual(['1', '2']);
	expect(children(root, 'none')).toEqual([]);
});

test('another document is an error', () => {
	expect(() => parseXml('<other/>', 'domain')).toThrow('not a <domain> document');
	expect(() => parseXml('', 'domain')).toThrow();
});

test('any text comes back as libvirt escaped it', () => {
	fc.assert(
		fc.property(fc.string({unit: 'grapheme'}), raw => {
			const printable = raw.replaceAll(/[\0-\x08\x0b-\x1f\ufffe\uffff]/g, '');
			const escaped = printable.replaceAll(/[<>&"']/g, character => `&#${character.charCodeAt(0)};`);
			const root = parseXml(`<r a="${escaped}">${escaped}</r>`, 'r');
			expect([textContent(root), attributeOf(root, 'a')]).toEqual([printable, printable]);
		}),
	);
});

test('a document that ends too early is an error, wherever it ends', () => {
	const whole = '<domain a="1"><name>one</name><devices><disk/></devices></domain>';
	expect(parseXml(whole, 'domain').name).toBe('domain');
	for (let length = 0; length < whole.length; length++) {
		expect(() => parseXml(whole.slice(0, length), 'domain'), whole.slice(0, length)).toThrow("libvirt's");
	}
});

test('line ends and what XML does not allow stay, as libvirt writes them into the name of a base', () => {
	const root = parseXml('<r><source file="/images/a\nb\r\tc\u0001\uffff.qcow2"/></r>', 'r');
	expect(attributeOf(childAt(root, 'source'), 'file')).toBe('/images/a\nb\r\tc\u0001\uffff.qcow2');
});

test("anybody's own elements are left out, whatever they are called", () => {
	const own =
		'<metadata><a:constructor xmlns:a="a"><name>not this</name><!-- </metadata> --></a:constructor></metadata>';
	const root = parseXml(`<domain>${own}<name>one</name><metadata/><uuid>two</uuid></domain>`, 'domain');
	expect(children(root, 'metadata')).toEqual([]);
	expect([textContent(childAt(root, 'name')), textContent(childAt(root, 'uuid'))]).toEqual(['one', 'two']);
});
