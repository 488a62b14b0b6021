/** The built program, its commands alone, on real machines. */
import {execFile} from 'node:child_process';
import {existsSync} from 'node:fs';
import path from 'node:path';
import {describe, expect, test} from 'vitest';
import {procedures} from '../../source/libvirt/wire/procedures.ts';
import {useLab as labWith} from '../helpers/lab.ts';
import {socketOf} from '../libvirt/wire/open-wire.ts';
import {startProxy} from '../libvirt/wire/proxy.ts';
import {type Ended, shell, virsnap as virsnapOn} from './program.ts';

const story = labWith(['web-stopped', 'DBHost', 'chain', 'odd "names"', 'numeric', 'saved-mail']);
const virsnap = (...words: string[]) => virsnapOn(story.lab, ...words);

/** The document of a command that is to end well. */
async function json(...words: string[]) {
	const {status, stdout, stderr} = await virsnap(...words, '--json');
	expect([status, stderr]).toEqual([0, '']);
	return JSON.parse(stdout);
}

function expectDone({status, stderr}: Ended) {
	expect(stderr).toContain('verified');
	expect(status).toBe(0);
}

describe('list', () => {
	test('--json names every domain of virsh, with all fields of the contract', async () => {
		const document = await json('list');
		const names = (await story.virsh('list', '--all', '--name')).split('\n').filter(Boolean);
		expect(document.connection).toMatchObject({
			uri: story.lab.uri,
			libvirt: expect.stringMatching(/^\d+\./),
			qemu: expect.stringMatching(/^\d+\./),
		});
		expect(document.domains.map((domain: {name: string}) => domain.name).sort()).toEqual(names.sort());
		const {
			DBHost: running,
			'web-stopped': stopped,
			chain,
		} = Object.fromEntries(document.domains.map((domain: {name: string}) => [domain.name, domain]));
		expect(running).toMatchObject({
			uuid: expect.stringMatching(/^[0-9a-f-]{36}$/),
			id: expect.any(Number),
			state: 'running',
		});
		expect(stopped).toMatchObject({id: null, state: 'shut off'});
		expect(running.disks.map((disk: {target: string}) => disk.target)).toEqual(['vda', 'vdb']);
		expect(running.disks[0]).toMatchObject({
			source: expect.stringMatching(/^\//),
			format: 'qcow2',
			device: 'disk',
			readonly: false,
		});
		expect(running.disks[0].chain).toEqual([
			expect.objectContaining({
				file: running.disks[0].source,
				format: 'qcow2',
				virtualSizeBytes: expect.any(Number),
				actualSizeBytes: expect.any(Number),
			}),
		]);
		expect(chain.disks[0].chain).toHaveLength(4);
		expect(running.snapshots[1]).toMatchObject({
			tag: 'after-upgrade',
			health: 'ok',
			kind: 'internal',
			state: 'running',
			createdAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
			parent: 'before-upgrade',
			current: true,
			description: 'Release 10, checked',
			libvirt: true,
			disks: [
				expect.objectContaining({target: 'vda', kind: 'internal'}),
				expect.objectContaining({target: 'vdb', kind: 'internal'}),
			],
		});
		expect(running.snapshots[1].vmSizeBytes).toBeGreaterThan(0);
		expect(running.snapshots[1].vmClockNs).toBeGreaterThan(0);
		expect(chain.snapshots[0]).toMatchObject({kind: 'external', vmClockNs: null});
		expect(stopped.snapshots).toMatchObject([{tag: 'installed', health: 'ok', kind: 'external', current: true}]);
	});

	test('saved memory is a row of kind memory, with its date and size, until it is dropped', async () => {
		const rows = async () => (await json('list', 'saved-mail')).domains[0].snapshots;
		const saved = (await rows()).at(-1);
		expect(saved).toMatchObject({kind: 'memory', managedSave: true, createdAt: expect.stringMatching(/^\d{4}-.*Z$/)});
		expect(saved.vmSizeBytes).toBeGreaterThan(100_000);
		expectDone(await virsnap('drop', 'saved-mail', '--yes'));
		expect(await rows()).toMatchObject([{tag: 'before-save', kind: 'internal'}]);
	});

	test('draws hostile tags harmless', async () => {
		const {status, stdout} = await virsnap('list', 'odd "names"');
		expect(status).toBe(0);
		expect(stdout).not.toMatch(/[\u0000-\u0009\u000B-\u001F\u007F]/);
		expect(stdout).toContain('␛]0;owned␇title');
		expect(stdout).toContain('two␊lines');
		expect(stdout).toContain('--force');
	});

	test('is the default where there is no terminal', async () => {
		expect((await virsnap()).stdout).toMatch(/^Id +Name +State +Snapshots/);
	});

	test('takes it well when its reader goes away', async () => {
		const {status, stdout, stderr} = await shell(story.lab, 'virsnap list --json | head -n 1');
		expect([status, stdout, stderr]).toEqual([0, '{\n', '']);
	});
});

describe('a snapshot from its creation to its end, on the disk', () => {
	test.each(['libvirt-internal', 'qemu-img'])('%s', async method => {
		const disk = await story.sourceOf('web-stopped', 'vda');
		const tag = `made by ${method}`;
		await story.writePattern(disk, 0x51);
		expectDone(await virsnap('create', 'web-stopped', tag, '--method', method, '--yes'));
		const {domains} = await json('list', 'web-stopped');
		expect(domains[0].snapshots).toContainEqual(expect.objectContaining({tag, libvirt: method === 'libvirt-internal'}));

		await story.writePattern(disk, 0x52);
		expectDone(await virsnap('revert', 'web-stopped', tag, '--yes'));
		expect(await story.hasPattern(disk, 0x51)).toBe(true);

		expectDone(await virsnap('delete', 'web-stopped', tag, '--yes'));
		expect(await story.tags(disk)).not.toContain(tag);
		expect(await story.snapshotNames('web-stopped')).toEqual(['installed']);
		expect(await story.hasPattern(disk, 0x51)).toBe(true);
	});

	test('of a running domain with two disks', async () => {
		await story.writePatternLive('DBHost', 'vda', 0x61);
		await story.writePatternLive('DBHost', 'vdb', 0x62);
		expectDone(await virsnap('create', 'DBHost', 'both', '--yes'));
		await story.writePatternLive('DBHost', 'vda', 0x63);
		await story.writePatternLive('DBHost', 'vdb', 0x64);
		expectDone(await virsnap('revert', 'DBHost', 'both', '--yes'));
		expect(await story.hasPatternLive('DBHost', 'vda', 0x61)).toBe(true);
		expect(await story.hasPatternLive('DBHost', 'vdb', 0x62)).toBe(true);
		expect(await story.state('DBHost')).toBe('running');
		expectDone(await virsnap('delete', 'DBHost', 'both', '--yes'));
		expect(
			await story.tags(story.image('DBHost-b.qcow2')).catch(() => story.sourceOf('DBHost', 'vdb').then(story.tags)),
		).not.toContain('both');
	});

	test('a linked clone, and its undo', async () => {
		expectDone(await virsnap('clone', 'web-stopped', 'web-2', '--yes'));
		const overlay = await story.sourceOf('web-2', 'vda');
		const {receipts} = await json('log');
		expectDone(await virsnap('undo', receipts[0].id, '--yes'));
		expect(existsSync(overlay)).toBe(false);
		expect((await story.virsh('list', '--all', '--name')).split('\n')).not.toContain('web-2');
		expect((await virsnap('undo', receipts[0].id, '--yes')).status).toBe(3);
	});

	test('a snapshot called --force is a name', async () => {
		expectDone(await virsnap('delete', '--yes', '--', 'odd "names"', '--force'));
		expect(await story.snapshotNames('odd "names"')).not.toContain('--force');
	});

	test('from a folder that has been removed', async () => {
		const script = `cd ${story.lab.folder}; mkdir gone; cd gone; rmdir ../gone; virsnap create web-stopped here --yes`;
		expectDone(await shell(story.lab, script));
		expectDone(await virsnap('delete', 'web-stopped', 'here', '--yes'));
	});

	test('every receipt can be read again', async () => {
		const {receipts} = await json('log');
		expect(receipts.length).toBeGreaterThan(3);
		const {status, stdout} = await virsnap('log', receipts[0].id);
		expect(status).toBe(0);
		expect(stdout).toMatch(/^ {2}\$ virsh /m);
	});
});

describe('saying no', () => {
	test('a plan that cannot be is a refusal: status 3, as JSON', async () => {
		const {status, stdout} = await virsnap('plan', 'create', 'web-stopped', 'installed', '--json');
		expect(status).toBe(3);
		expect(JSON.parse(stdout)).toEqual({
			refusal: {code: 'tag-exists', reason: expect.any(String), remedy: expect.any(String)},
		});
	});

	test('a tag that is also an ID is not reverted to', async () => {
		const {status, stderr} = await virsnap('revert', 'numeric', '2', '--yes');
		expect(status).toBe(3);
		expect(stderr).toMatch(/^Refused: /);
		expect(await story.hasPattern(story.image('numeric.qcow2'), 0x22)).toBe(true);
	});

	test('a plan changes nothing', async () => {
		const before = await story.virsh('snapshot-list', '--domain', 'web-stopped', '--name');
		const {status, stdout} = await virsnap('plan', 'delete', 'web-stopped', 'installed');
		expect(status).toBe(0);
		expect(stdout).toMatch(/^ {3}\$ virsh /m);
		expect(await story.virsh('snapshot-list', '--domain', 'web-stopped', '--name')).toBe(before);
	});

	test('without --yes and without a terminal: status 2, nothing is touched', async () => {
		const {status, stdout, stderr} = await virsnap('delete', 'web-stopped', 'installed');
		expect([status, stdout]).toEqual([2, '']);
		expect(stderr).toContain('--yes');
		expect(await story.snapshotNames('web-stopped')).toContain('installed');
	});

	test('without a connection: status 4 and what to do', async () => {
		const {status, stdout, stderr} = await virsnap(
			'list',
			'--json',
			'-c',
			'qemu+unix:///session?socket=/nonexistent/socket',
		);
		expect([status, stdout]).toEqual([4, '']);
		expect(stderr).toContain('No such file or directory');
		expect(stderr).toContain('systemctl start libvirtd');
	});

	test('wrong usage: status 2 and a hint', async () => {
		expect(await virsnap('list', '--jsn')).toEqual({
			status: 2,
			stdout: '',
			stderr: "virsnap: Unknown option '--jsn'.\nDid you mean --json?\n",
		});
	});
});

test('doctor finds this lab well', async () => {
	const {checks} = await json('doctor');
	const missing = checks.filter((check: {status: string}) => check.status === 'missing');
	expect(missing).toEqual([]);
});

test('a daemon of an unknown version: virsh takes over, the list is the same, doctor says so', async () => {
	let due = 0;
	// virsh asks the same daemon, but not this before its first answer.
	const proxy = await startProxy(
		socketOf(story.lab).socket,
		path.join(story.lab.folder, 'lying'),
		(message, number) => {
			if (number !== procedures.hypervisorType.number || due === 0) return message;
			due--;
			message.writeUInt32BE(2, 8);
			return message;
		},
	);
	const lied = {uri: `qemu+unix:///session?socket=${encodeURI(proxy.socket)}`, folder: story.lab.folder};
	try {
		const known = await virsnapOn(lied, 'list', '--json');
		due = 1;
		const {status, stdout} = await virsnapOn(lied, 'list', '--json');
		expect([status, due]).toEqual([0, 0]);
		expect(JSON.parse(stdout).domains.length).toBeGreaterThan(5);
		expect(JSON.parse(stdout).domains).toEqual(JSON.parse(known.stdout).domains);
		due = 1;
		const said = await virsnapOn(lied, 'doctor');
		expect(due).toBe(0);
		expect(said.stdout).toMatch(
			/note +reading +through virsh, which is slower: version 2 of program 0x20008086 is not known/,
		);
	} finally {
		await proxy.stop();
	}
});

test('an old Node is told which one is needed, or handed over to the one beside the program', async () => {
	const version = await new Promise<string>(resolve => {
		execFile('/usr/bin/node', ['--version'], (error, stdout) => resolve(error ? '' : stdout.trim()));
	});
	if (!/^v(?:1[0-9]|20)\./.test(version)) return;
	const {status, stdout} = await shell(
		story.lab,
		`/usr/bin/node "${(await import('./program.ts')).launcher}" --version`,
	);
	expect([status, stdout]).toEqual([0, expect.stringMatching(/^virsnap \d/)]);
});

test('with few open files it works or says so; nothing is taken for missing or for another machine', async () => {
	for (const files of [24, 26, 28, 30, 34, 40]) {
		const {status, stdout, stderr} = await shell(story.lab, `ulimit -n ${files}; virsnap list`);
		expect([files, stdout + stderr]).toEqual([files, expect.not.stringMatching(/another machine|Install/)]);
		if (status !== 0) expect(stderr).toContain('ulimit -n');
	}
});
