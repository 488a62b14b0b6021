import {describe, expect, test} from 'vitest';
import type {Disk} from '../../../source/core/model/disk.ts';
import {longestTag} from '../../../source/core/snapshots/tag.ts';
import {disk, entry, image} from '../../facts/domain.ts';
import {snapshot} from '../../facts/snapshot.ts';
import {planned, refused} from './wish.ts';

describe('tags', () => {
	test.each<[string, string]>([
		[' x', 'bad-tag'],
		['x ', 'bad-tag'],
		['7', 'bad-tag'],
		['a/b', 'bad-tag'],
		['.hidden', 'bad-tag'],
		['a"b', 'bad-tag'],
		['a\\b', 'bad-tag'],
		['a\nb', 'bad-tag'],
		['a\u001b]0;x\u0007', 'bad-tag'],
		['a\u202eb', 'bad-tag'],
		['x'.repeat(longestTag + 1), 'bad-tag'],
		['中'.repeat(83), 'bad-tag'],
		['known', 'tag-exists'],
		['in-base', 'tag-exists'],
		['odd-id', 'ambiguous-tag'],
	])('%j → %s', (tag, code) => {
		const disks: Disk[] = [
			disk('vda', {
				chain: [
					image('/images/vda.qcow2', [entry('x1', {id: 'odd-id'})]),
					image('/images/base', [entry('in-base', {id: '2'})]),
				],
			}),
		];
		expect(refused({domain: {disks, snapshots: [snapshot('known')]}}, {tag}).code).toBe(code);
	});

	test.each(['--force', "it's", 'vor dem Update', '升级前', 'a,b=c%d;$(x)', 'x'.repeat(longestTag), '中'.repeat(82)])(
		'%s is a name like any other',
		tag => {
			expect(planned({}, {tag}).steps[0]!.argv).toContain(`--name=${tag}`);
		},
	);

	test('none given: one from the date, longer only where it is taken', () => {
		const taken = (...tags: string[]) => ({domain: {snapshots: tags.map(tag => snapshot(tag))}});
		expect(planned({}, {tag: ''}).tag).toBe('snap-0302-0809');
		expect(planned(taken('snap-0302-0809'), {tag: ''}).tag).toBe('snap-0302-080910');
		expect(planned(taken('snap-0302-0809', 'snap-0302-080910'), {tag: ''}).tag).toBe('snap-0302-080910-2');
	});
});
