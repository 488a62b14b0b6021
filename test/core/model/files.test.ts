import {expect, test} from 'vitest';
import {type FileIdentity, fileId, nameAmong, namesOf, sameFile} from '../../../source/core/model/files.ts';

const file = (leadsTo: string, id = leadsTo): FileIdentity => ({id, leadsTo, bornAt: '2026-01-02T03:05:00.000Z'});

/** /a and /hard are one file, /link leads to it; /b is another one. /gone could not be looked at. */
const facts = {
	identities: {'/a': file('1:10'), '/hard': file('1:10'), '/link': file('1:10', '1:99 to 1:10'), '/b': file('1:11')},
};

test.each<[string | null | undefined, string | null | undefined, boolean]>([
	['/a', '/a', true],
	['/a', '/hard', true],
	['/link', '/hard', true],
	['/a', '/b', false],
	['/gone', '/gone', true],
	['/gone', '/a', false],
	['/gone', '/away', false],
	// What stands for a name that could not be looked at is no name of an object's own making.
	['toString', 'toString', true],
	['constructor', 'toString', false],
	[null, null, false],
	[undefined, '/a', false],
])('%s and %s mean one file: %s', (one, other, same) => {
	expect(sameFile(facts, one, other)).toBe(same);
	expect(sameFile(facts, other, one)).toBe(same);
});

test('every name of a file, and the one that is preferred', () => {
	expect(fileId(facts, '/link')).toBe(fileId(facts, '/a'));
	expect(namesOf(facts, '/hard')).toEqual(['/hard', '/a', '/link']);
	expect(namesOf(facts, '/gone')).toEqual(['/gone']);
	const named = nameAmong(facts, ['/hard', '/a']);
	expect(['/a', '/link', '/hard', '/b', '/gone'].map(named)).toEqual(['/hard', '/hard', '/hard', '/b', '/gone']);
});
