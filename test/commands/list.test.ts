import {describe, expect, test} from 'vitest';
import {disk, GiB} from '../facts/domain.ts';
import {snapshot} from '../facts/snapshot.ts';
import {run, web} from './fake.ts';

process.env.TZ = 'UTC';

const hostile = '\u001B]0;owned\u0007"\nrm -rf $HOME \u202E';
const running = {
	...web,
	uuid: '00000000-0000-4000-8000-000000000007',
	name: '数据库',
	id: 7,
	state: 'running' as const,
	snapshots: [
		snapshot(hostile, {health: 'unmanaged', healthReason: 'Not known to libvirt.', libvirt: false}),
		snapshot('before', {vmSizeBytes: 1_258_291, vmClockNs: 16_443_000_000, parent: hostile, current: true}),
	],
};
const domains = [web, running];

describe('list', () => {
	test('shows domains as virsh does, wide letters counted twice', async () => {
		const {status, stdout, stderr} = await run(['list'], {domains});
		expect([status, stderr]).toEqual([0, '']);
		expect(stdout).toBe(
			[
				'Id  Name    State     Snapshots  Health',
				'-   web     shut off  1          ok',
				'7   数据库  running   2          1 unmanaged',
				'',
			].join('\n'),
		);
	});

	test.each(['数据库', '7', running.uuid, running.uuid.toUpperCase()])('finds a domain by %s', async text => {
		const {stdout} = await run(['list', text], {domains});
		expect(stdout).toContain('00:00:16.443');
		expect(stdout).toContain('1.2 MiB');
	});

	test('a snapshot that does not hold every disk says so among its disks', async () => {
		const snapshots = [snapshot('before', {leftOut: ['vdb', 'vdc'].map(target => ({target, source: null}))})];
		const known = [{...web, snapshots}];
		expect((await run(['list', 'web'], {domains: known})).stdout).toContain(' vda, not vdb,vdc ');
		const {stdout} = await run(['list', 'web', '--json'], {domains: known});
		expect(JSON.parse(stdout).domains[0].snapshots[0].leftOut).toEqual(['vdb', 'vdc']);
	});

	test('of one domain it is told that QEMU runs on another file than the one at its path', async () => {
		const [file] = web.disks[0]!.chain.map(one => one.file);
		const there = {domains: [web], facts: {notOpen: [file!]}};
		const {stderr} = await run(['list', 'web'], there);
		expect(stderr).toContain(`QEMU does not have ${file} open`);
		expect(stderr).toContain(`--dest ${file}.rescued`);
	});

	test('the id of one domain that is the name of another means neither', async () => {
		const both = {domains: [{...web, name: '7'}, running]};
		for (const words of [
			['list', '7'],
			['plan', 'revert', '7', 'x'],
			['delete', '7', 'x', '--yes'],
			['size', '7'],
		]) {
			const {status, stderr} = await run(words, both);
			expect(status).toBe(3);
			expect(stderr).toContain(`7 is the name of 7 (${web.uuid}) and the id of 数据库 (${running.uuid})`);
		}

		expect((await run(['list', running.uuid], both)).stdout).toContain('00:00:16.443');
		expect((await run(['list', '7', '--json'], {domains: [{...running, name: '7'}, web]})).status).toBe(0);
	});

	test('draws hostile tags harmless', async () => {
		const {stdout} = await run(['list', '7'], {domains});
		expect(stdout).not.toMatch(/[\u001B\u0007\u202E]/);
		expect(stdout).toContain('␛]0;owned␇"␊rm -rf $HOME');
		expect(stdout).toContain('is unmanaged: Not known to libvirt.');
	});

	test('names what a revert left in one domain, with the command that removes it', async () => {
		const left = {file: '/images/web 2.old.qcow2', bytes: 200_704, base: '/images/web.qcow2'};
		const untidy = {domains: [web], reclaimable: [left]};
		const {stdout} = await run(['list', 'web'], untidy);
		expect(stdout).toMatch(/\n {2}virsnap reclaim web '\/images\/web 2\.old\.qcow2' {2}\(196 KiB\)\n$/);
		const json = await run(['list', 'web', '--json'], untidy);
		expect(JSON.parse(json.stdout).domains[0].reclaimable).toEqual([left]);
		const tidy = await run(['list', 'web', '--json'], {domains: [web]});
		expect(JSON.parse(tidy.stdout).domains[0].reclaimable).toEqual([]);
	});

	test('names what has expired, with the command that deletes it', async () => {
		const snapshots = [
			snapshot('old one', {expiresAt: '2020-01-01T00:00:00.000Z'}),
			snapshot('golden', {expiresAt: '2020-01-01T00:00:00.000Z', protected: true}),
			snapshot('nightly', {expiresAt: '2999-01-01T00:00:00.000Z'}),
			snapshot('--force', {expiresAt: '2020-01-01T00:00:00.000Z'}),
			snapshot('twice', {expiresAt: '2020-01-01T00:00:00.000Z'}),
			snapshot('twice', {libvirt: false, duplicates: 1}),
		];
		const {stdout} = await run(['list', 'web'], {domains: [{...web, snapshots}]});
		expect(stdout.split('\nExpired:\n')[1]).toBe(
			"  virsnap delete web 'old one'\n  virsnap delete -- web --force\n  virsnap delete web twice --id=1\n",
		);
		expect(stdout).toMatch(/ expired +ok\n.* yes +ok\n.* \d+y +ok\n/);
	});

	test('names saved memory in a row of its own, and what can be done with it', async () => {
		const savedMemory = {file: '/save/web.save', bytes: 3_145_728, writtenAt: '2026-11-23T14:30:00.000Z'};
		const saved = {...web, state: 'saved' as const, managedSave: true, savedMemory};
		expect((await run(['list'], {domains: [saved]})).stdout).toMatch(/web +saved +2 +ok\n/);
		const {stdout} = await run(['list', 'web'], {domains: [saved]});
		expect(stdout).toMatch(/\(managed save\) +3 MiB +2026-11-23 14:30:00 +\d+\w+ +- +memory +saved +- +- +ok\n/);
		expect(stdout).toMatch(/managed save.*\n {2}virsnap restore web\n {2}virsnap drop web\n$/);
	});

	test('an unknown domain is refused with status 3', async () => {
		const {status, stdout, stderr} = await run(['list', 'nope'], {domains});
		expect([status, stdout]).toEqual([3, '']);
		expect(stderr).toBe('Refused: No domain is called nope.\nSee all: virsnap list\n');
		const json = await run(['list', 'nope', '--json'], {domains});
		expect(JSON.parse(json.stdout).refusal.code).toBe('not-found');
	});

	test('says on stderr what could not be read', async () => {
		const unreadable = {reason: 'Permission denied.', remedy: 'Run virsnap with sudo.'};
		const {stderr} = await run(['list'], {domains: [{...web, disks: [disk('vda', {unreadable})]}]});
		expect(stderr).toBe('virsnap: web vda: Permission denied. Run virsnap with sudo.\n');
	});

	test('--json prints one document with every field of the contract', async () => {
		const {stdout} = await run(['list', '--json'], {domains});
		const document = JSON.parse(stdout);
		expect(Object.keys(document)).toEqual(['connection', 'domains']);
		expect(Object.keys(document.connection)).toEqual(['uri', 'libvirt', 'qemu']);
		const [domain] = document.domains;
		expect(Object.keys(domain)).toEqual(expect.arrayContaining(['uuid', 'name', 'id', 'state', 'disks', 'snapshots']));
		expect(Object.keys(domain.disks[0])).toEqual(
			expect.arrayContaining(['target', 'source', 'format', 'device', 'readonly', 'chain']),
		);
		expect(domain.disks[0].chain[0]).toMatchObject({
			file: '/images/vda.qcow2',
			format: 'qcow2',
			virtualSizeBytes: 10 * GiB,
			actualSizeBytes: GiB,
		});
		expect(Object.keys(domain.snapshots[0])).toEqual(
			expect.arrayContaining([
				'tag',
				'health',
				'kind',
				'state',
				'createdAt',
				'vmSizeBytes',
				'vmClockNs',
				'parent',
				'current',
				'description',
				'libvirt',
				'disks',
			]),
		);
		expect(document.domains[1].snapshots[0].tag).toBe(hostile);
	});
});
