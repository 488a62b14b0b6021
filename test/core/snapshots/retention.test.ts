/** Protection and expiry: how they stand in the metadata, whose they are, and which times may be typed. */
import {expect, test} from 'vitest';
import {
	retentionsIn,
	retentionUri,
	retentionXml,
	withoutRetentions,
} from '../../../source/core/domain-xml/retention.ts';
import {parseWhen, retentionsWith, shortKeep, withRetention} from '../../../source/core/snapshots/retention.ts';
import {disk, domain, taken} from '../../facts/domain.ts';
import {snapshot} from '../../facts/snapshot.ts';

process.env.TZ = 'UTC';

const keep = (tag: string, more = {}) => ({tag, createdAt: taken, protected: true, expiresAt: null, ...more});
const hostile = 'a "b" <c>&\u001B[31m\n\u6570 %20';
const all = [keep('golden'), keep(hostile, {protected: false, expiresAt: '2026-04-01T00:00:00.000Z'})];

/** As libvirt writes what it was given (verified on 9.0). */
const stored = (given: string) =>
	`<domain><metadata>\n    <other:x xmlns:other="urn:other"><snapshot tag="no" protected="yes"/></other:x>\n    ${given
		.replace('<snapshots>', `<virsnap:snapshots xmlns:virsnap="${retentionUri}">`)
		.replaceAll('<snapshot ', '<virsnap:snapshot ')
		.replace('</snapshots>', '</virsnap:snapshots>')}\n  </metadata></domain>`;

test('what is written is read again, whatever a tag holds, and nothing of others', () => {
	expect(retentionsIn(stored(retentionXml(all)))).toEqual(all);
	expect(retentionXml(all)).not.toMatch(/\p{Cc}/u);
});

test.each([
	['nothing there', '<domain/>', []],
	['an empty one', `<v:snapshots xmlns:v='${retentionUri}'/>`, []],
	[
		'another prefix',
		`<k:snapshots a="1" xmlns:k='${retentionUri}'><k:snapshot protected='yes' tag='x'/></k:snapshots>`,
		['x'],
	],
	['no prefix', `<snapshots xmlns="${retentionUri}"><snapshot tag="x"/></snapshots>`, ['x']],
	[
		'no tag, and one that is no encoding',
		`<snapshots xmlns="${retentionUri}"><snapshot/><snapshot tag="%ff"/></snapshots>`,
		[],
	],
	[
		'the prefix named further out, as Python writes it and libvirt keeps it',
		`<domain><metadata xmlns:ns1="urn:other" xmlns:ns0="${retentionUri}"><ns0:snapshots><ns0:snapshot tag="x"/></ns0:snapshots></metadata></domain>`,
		['x'],
	],
	[
		'a prefix that is no ASCII',
		`<數:snapshots xmlns:數="${retentionUri}"><數:snapshot tag="x"/></數:snapshots>`,
		['x'],
	],
	[
		'in a comment, in CDATA and in what is of others: none of them is ours',
		`<metadata><!-- <v:snapshots xmlns:v="${retentionUri}"><snapshot tag="x"/></v:snapshots> --><o:x xmlns:o="urn:other"><![CDATA[<v:snapshots xmlns:v="${retentionUri}"/>]]><v:snapshots xmlns:v="${retentionUri}"><v:snapshot tag="y"/></v:snapshots></o:x><v:snapshots xmlns:v="${retentionUri}"><v:snapshot tag="z"/></v:snapshots></metadata>`,
		['z'],
	],
	[
		'the prefix of an element that is closed',
		`<a xmlns:v="${retentionUri}"/><v:snapshots><v:snapshot tag="x"/></v:snapshots>`,
		[],
	],
	['another namespace', '<snapshots xmlns="urn:other"><snapshot tag="x" protected="yes"/></snapshots>', []],
])('%s', (_, xml, tags) => {
	expect(retentionsIn(xml).map(({tag}) => tag)).toEqual(tags);
	expect(retentionsIn(withoutRetentions(xml))).toEqual([]);
});

test('a clone whose base names the prefix further out has none of them', () => {
	const inside = '<ns0:snapshots><ns0:snapshot tag="x"/></ns0:snapshots><o:x xmlns:o="urn:other"/>';
	expect(withoutRetentions(inside, {'xmlns:ns0': retentionUri})).toBe('<o:x xmlns:o="urn:other"/>');
	expect(withoutRetentions(inside, {'xmlns:ns0': 'urn:other'})).toBe(inside);
});

test('a definition without them keeps what is of others', () => {
	const [before, after] = [stored(retentionXml(all)), withoutRetentions(stored(retentionXml(all)))];
	expect(after).toContain('<other:x xmlns:other="urn:other"><snapshot tag="no" protected="yes"/></other:x>');
	expect(after.length).toBeLessThan(before.length);
});

test('an expiry is of that very snapshot, protection of any of its name', () => {
	const expiresAt = '2026-04-01T00:00:00.000Z';
	const said = [keep('s', {expiresAt})];
	const [same, later] = withRetention(
		[snapshot('s', {createdAt: '2026-03-01T10:00:00.700Z'}), snapshot('s', {createdAt: '2026-03-02T10:00:00Z'})],
		said,
	);
	expect([same, later]).toMatchObject([
		{protected: true, expiresAt},
		{protected: true, expiresAt: null},
	]);
	expect(withRetention([snapshot('other')], said)).toMatchObject([{protected: false, expiresAt: null}]);
});

test('an expiry of a snapshot that is gone goes, unless an image could not be read; protection stays', () => {
	const expiring = {protected: false, expiresAt: '2026-04-01T00:00:00.000Z'};
	const retentions = [keep('gone', expiring), keep('left'), keep('two', expiring), keep('s')];
	const of = domain({snapshots: [snapshot('s'), snapshot('two')], retentions});
	const tags = (like: Partial<typeof of>, wanted = {protected: false, expiresAt: null}) =>
		retentionsWith({...of, ...like}, snapshot('s'), wanted).map(({tag}) => tag);
	expect(tags({})).toEqual(['left', 'two']);
	expect(tags({}, {protected: true, expiresAt: null})).toEqual(['left', 'two', 's']);
	const unreadable = disk('vda', {chain: [], unreadable: {reason: 'Permission denied', remedy: ''}});
	expect(tags({disks: [unreadable]})).toEqual(['gone', 'left', 'two']);
});

test.each([
	['never', null],
	['12h', '2026-03-01T22:00:00.000Z'],
	[' 30d ', '2026-03-31T10:00:00.000Z'],
	['2w', '2026-03-15T10:00:00.000Z'],
	['1y', '2027-03-01T10:00:00.000Z'],
	['2026-12-24', '2026-12-24T00:00:00.000Z'],
	['2026-12-24 18:30', '2026-12-24T18:30:00.000Z'],
	['2026-12-24T18:30:05+02:00', '2026-12-24T16:30:05.000Z'],
	['2026-04-01T00:00:00.000Z', '2026-04-01T00:00:00.000Z'],
	['', undefined],
	['30', undefined],
	['-1d', undefined],
	['tomorrow', undefined],
	['2026-13-01', undefined],
])('%j is the time %s', (text, expected) => {
	expect(parseWhen(text, taken)).toBe(expected);
});

test.each([
	[{protected: false, expiresAt: null}, ''],
	[{protected: true, expiresAt: taken}, 'yes'],
	[{protected: false, expiresAt: taken}, 'expired'],
	[{protected: false, expiresAt: '2026-03-04T10:00:00Z'}, '3d'],
])('%j in a column: %s', (kept, words) => {
	expect(shortKeep(kept, Date.parse(taken))).toBe(words);
});
