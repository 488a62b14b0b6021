/** DOMAIN@TAG where either may hold an @: what it means, and where it could mean two. */
import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {domainAtTag} from '../../source/commands/change/domain-at-tag.ts';
import type {Domain} from '../../source/core/model/domain.ts';
import {domain} from '../facts/domain.ts';
import {snapshot} from '../facts/snapshot.ts';
import {run, web} from './fake.ts';

const named = (name: string, ...tags: readonly string[]): Domain =>
	domain({name, uuid: `uuid of ${name.replaceAll('@', ' at ')}`, snapshots: tags.map(tag => snapshot(tag))});

/** "DOMAIN, TAG", or the code of the refusal. */
function meaning(domains: readonly Domain[], word: string): string {
	const found = domainAtTag(domains, word);
	return 'code' in found ? found.code : `${found.domain.name}, ${found.tag ?? 'as it is'}`;
}

test.each<[string, Domain[], string]>([
	['web', [named('web')], 'web, as it is'],
	['web@s', [named('web', 's')], 'web, s'],
	['uuid of web@s', [named('web', 's')], 'web, s'],
	['7@s', [{...named('web', 's'), id: 7}], 'web, s'],
	// A domain of just this name comes first.
	['web@s', [named('web', 's'), named('web@s')], 'web@s, as it is'],
	['a@b@c', [named('a@b', 'c')], 'a@b, c'],
	['a@b@c', [named('a', 'b@c')], 'a, b@c'],
	['a@b@c', [named('a', 'b@c'), named('a@b')], 'a, b@c'],
	['a@b@c', [named('a', 'b@c'), named('a@b', 'c')], 'ambiguous-name'],
	['uuid of a@b@c', [named('a', 'b@c'), named('a@b', 'c')], 'a, b@c'],
	// The planner says that there is no such snapshot.
	['web@x', [named('web', 's')], 'web, x'],
	['a@b@c', [named('a'), named('a@b')], 'a@b, c'],
	['web@', [named('web', 's')], 'bad-tag'],
	['nope@s', [named('web', 's')], 'not-found'],
	['@s', [named('web', 's')], 'not-found'],
	['1@s', [{...named('web', 's'), id: 1}, named('1', 's')], 'ambiguous-name'],
])('%s among others: %j is %s', (word, domains, expected) => {
	expect(meaning(domains, word)).toBe(expected);
});

test('never one of two that it can mean, and never another than it says', () => {
	const text = fc.string({unit: fc.constantFrom('a', 'b', '@'), minLength: 1, maxLength: 4});
	const domains = fc.uniqueArray(fc.tuple(text, fc.uniqueArray(text, {maxLength: 3})), {
		selector: ([name]) => name,
		maxLength: 5,
	});
	const property = fc.property(
		domains,
		fc.string({unit: fc.constantFrom('a', 'b', '@'), maxLength: 8}),
		(list, word) => {
			const known = list.map(([name, tags]) => named(name, ...tags));
			const pairs = list.flatMap(([name, tags]) => tags.map(tag => [name, tag] as const));
			const meant = pairs.filter(([name, tag]) => `${name}@${tag}` === word);
			const is = meaning(known, word);
			if (list.some(([name]) => name === word)) expect(is).toBe(`${word}, as it is`);
			else if (meant.length === 1) expect(is).toBe(meant[0]!.join(', '));
			else if (meant.length > 1) expect(is).toBe('ambiguous-name');
			else if (is.includes(', ')) expect(is.split(', ').join('@')).toBe(word);
		},
	);
	fc.assert(property, {numRuns: 500});
});

describe('clone', () => {
	test('of a snapshot: refused where it needs --full, planned with it, and the words of its plan', async () => {
		const refused = await run(['clone', 'web@before', 'copy', '--yes']);
		expect(refused.status).toBe(3);
		expect(refused.stderr).toContain('--full');
		const domains = [{...web, snapshots: [{...web.snapshots[0]!, libvirt: false}]}];
		const {stdout} = await run(['plan', 'clone', 'web@before', 'copy', '--full', '--dir', '/images', '--json'], {
			domains,
		});
		expect(JSON.parse(stdout).plan).toMatchObject({verb: 'clone', tag: 'before', method: 'full-clone'});
		expect((await run(['clone', 'web@nope', 'copy', '--yes'])).stderr).toContain('web has no snapshot nope');
	});
});
