import {expect, test} from 'vitest';
import {sizeTable} from '../../source/commands/show/size.ts';
import {formatAge} from '../../source/core/snapshots/age.ts';
import {snapshot} from '../facts/snapshot.ts';
import {run, web} from './fake.ts';

const sizes = new Map([
	[
		'/images/vda.qcow2',
		{
			reason: null,
			snapshots: [
				{id: '1', tag: 'before', ownBytes: 1_310_720, sinceBytes: 65_536, reason: null},
				{id: '2', tag: 'after', ownBytes: null, sinceBytes: 0, reason: 'Counted late.'},
			],
		},
	],
]);
const [before] = web.snapshots;
const after = snapshot('after', {disks: before!.disks.map(disk => ({...disk, id: '2'}))});
const both = {...web, snapshots: [before!, after]};

test('each snapshot with what it frees and discards, and the sum of all', async () => {
	const {status, stdout, stderr} = await run(['size', 'web'], {domains: [both], sizes});
	expect([status, stderr]).toEqual([0, '']);
	const lines = stdout.trimEnd().split('\n');
	expect(lines[0]).toMatch(/^TAG +AGE +OWN +SINCE$/);
	expect(lines[1]).toMatch(/^before +\d+ \w+ +1\.25 MiB +64 KiB$/);
	expect(lines[2]).toMatch(/^after +\d+ \w+ +- +0 B$/);
	expect(lines.slice(3)).toEqual(['', 'Deleting all 2 frees 11.4 MiB.', 'after: Counted late.']);
});

test('of a running domain: about', async () => {
	const {stdout} = await run(['size', 'web', 'before'], {domains: [{...both, state: 'running', id: 1}], sizes});
	expect(stdout).toMatch(/~1\.25 MiB +~64 KiB/);
	expect(stdout).not.toContain('after');
});

test('as JSON, for each disk', async () => {
	const {stdout} = await run(['size', 'web', 'before', '--json'], {domains: [both], sizes});
	const known = {ownBytes: 1_310_720, sinceBytes: 65_536, reason: null};
	expect(JSON.parse(stdout)).toEqual({
		domain: 'web',
		snapshots: [{tag: 'before', about: false, ...known, disks: [{target: 'vda', ...known, copies: null}]}],
	});
});

test('no such domain or snapshot is refused', async () => {
	expect(await run(['size', 'wbe'])).toMatchObject({status: 3, stderr: expect.stringContaining('No domain is called')});
	const {status, stdout} = await run(['size', 'web', 'gone', '--json']);
	expect([status, JSON.parse(stdout).refusal.code]).toEqual([3, 'not-found']);
});

test('a domain without snapshots', () => {
	expect(sizeTable({domain: {...web, snapshots: []}, sizes: [], together: null}, 0)).toBe('TAG  AGE  OWN  SINCE');
});

test.each([
	['2026-01-01T00:00:30.000Z', '59 min'],
	['2026-01-01T01:30:00.000Z', '0 min'],
	['2025-12-31T23:00:00.000Z', '2 h'],
	['2025-12-29T00:00:00.000Z', '3 d'],
	['2025-12-01T00:00:00.000Z', '4 w'],
	['2022-01-01T00:00:00.000Z', '4 y'],
	[null, '-'],
])('age of %s', (createdAt, age) => {
	expect(formatAge(createdAt, Date.parse('2026-01-01T01:00:00.000Z'))).toBe(age);
});
