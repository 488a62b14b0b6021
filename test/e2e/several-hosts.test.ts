/** Three hosts at once through real sshds: one that works, one that is stopped, one whose key is not known; and two that have the same domains. */
import {readFile, writeFile} from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import {execa} from 'execa';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {type SshHost, startSshHost} from '../../source/lab/ssh-host.ts';
import {useLab as labWith} from '../helpers/lab.ts';
import {launch} from '../helpers/pty.ts';
import {cellsOn} from '../helpers/screen.tsx';
import {endStopped, trouble} from '../helpers/troubled-host.ts';
import {launcher, programEnvironment, shell, virsnap} from './program.ts';

const it = labWith(['web-stopped']);
let hosts: Record<'h1' | 'h2' | 'stopped' | 'strange', SshHost>;

const onAll = (names: readonly (keyof typeof hosts)[], ...words: string[]) =>
	virsnap(it.lab, ...names.flatMap(name => ['-c', hosts[name].uri]), ...words);

beforeAll(async () => {
	const start = (host: string) => {
		const {XDG_CONFIG_HOME, XDG_STATE_HOME} = programEnvironment(it.lab);
		const env = {XDG_CONFIG_HOME: XDG_CONFIG_HOME!, XDG_STATE_HOME: `${XDG_STATE_HOME}-${host}`};
		return startSshHost(it.lab, {virsnap: [process.execPath, launcher], host, env});
	};
	const [h1, h2, stopped, strange] = await Promise.all(['h1', 'h2', 'stopped', 'strange'].map(start));
	hosts = {h1: h1!, h2: h2!, stopped: stopped!, strange: strange!};
	await Promise.all([trouble(strange!, 'strange'), trouble(stopped!, 'stopped')]);
});

afterAll(() => endStopped(hosts.stopped));

describe('one works, one is stopped, one is a stranger', () => {
	const three = ['h1', 'stopped', 'strange'] as const;

	test('each says how it is', async () => {
		const {status, stdout, stderr} = await onAll(three, 'hosts', '--json');
		expect(status, stderr).toBe(4);
		const found = JSON.parse(stdout).hosts;
		expect(found).toMatchObject([
			{name: 'h1', state: 'connected', libvirt: expect.stringMatching(/^\d/), domains: 1, reason: null},
			{name: 'stopped', state: 'lost', libvirt: null, reason: expect.stringMatching(/timed out/)},
			{
				name: 'strange',
				state: 'refused',
				reason: expect.stringMatching(/host key/i),
				remedy: expect.stringMatching(/compare the key/),
			},
		]);
		expect(found[0].latencyMs).toBeGreaterThan(0);
		expect(found[0].fileSystems).toEqual([
			{folder: path.join(it.lab.folder, 'images'), freeBytes: expect.any(Number), bytes: expect.any(Number)},
		]);
		expect(Math.abs(found[0].clockAheadMs)).toBeLessThan(1000);
	});

	test('what is known is listed, and the status says that it is not all', async () => {
		const [text, json] = await Promise.all([onAll(three, 'list'), onAll(three, 'list', '--json')]);
		expect([text.status, json.status]).toEqual([4, 4]);
		expect(text.stdout).toMatch(/^h1 +- +web-stopped/m);
		expect(text.stderr).toMatch(/no connection to stopped: [\s\S]*no connection to strange: /);
		expect(JSON.parse(json.stdout).hosts).toMatchObject([
			{name: 'h1', domains: [{name: 'web-stopped'}]},
			{name: 'stopped', domains: null},
			{name: 'strange', domains: null},
		]);
	});

	test('a named host is worked on without the others', async () => {
		const created = await onAll(three, 'create', 'h1/web-stopped', 'one', '--yes', '--json');
		expect(created, created.stderr).toMatchObject({status: 0});
		expect(JSON.parse(created.stdout)).toMatchObject({host: 'h1', receipt: {status: 'verified'}});
		expect(await onAll(three, 'delete', 'h1/web-stopped', 'one', '--yes')).toMatchObject({status: 0});
	});
});

test('the same domain on two hosts is told apart, and the receipts are where the work was done', async () => {
	const two = ['h1', 'h2'] as const;
	const both = await onAll(two, 'create', 'web-stopped', 'x', '--yes');
	expect(both).toMatchObject({
		status: 3,
		stderr: expect.stringContaining('Name the host: h1/web-stopped or h2/web-stopped'),
	});
	expect(await onAll(two, 'create', 'h2/web-stopped', 'x', '--yes')).toMatchObject({status: 0});
	const {hosts: kept} = JSON.parse((await onAll(two, 'log', '--json')).stdout);
	const ofX = kept.map(
		({receipts}: {receipts: {plan: {tag: string}}[]}) => receipts.filter(({plan}) => plan.tag === 'x').length,
	);
	expect(ofX).toEqual([0, 1]);
	expect(await onAll(two, 'delete', 'h2/web-stopped', 'x', '--yes')).toMatchObject({status: 0});
});

describe('what is told to be typed works as it stands, with the same hosts', () => {
	const two = ['h1', 'h2'] as const;

	test('commands of virsnap', async () => {
		const created = await onAll(two, 'create', 'h2/web-stopped', 'y', '--yes');
		const [, undo] = /To undo it: virsnap (.*)/.exec(created.stderr)!;
		expect(undo).toMatch(/^undo h2\//);
		expect(await onAll(two, ...undo!.split(' '), '--yes')).toMatchObject({status: 0});
	});

	test('commands of others: they reach the domain of that host', async () => {
		const {status, stderr} = await onAll(two, 'create', 'h2/web-stopped', 'z', '--memory', '--yes');
		const [, start] = /start it first \((.*)\)/.exec(stderr)!;
		expect({status, start}).toEqual({status: 3, start: expect.stringMatching(/ssh-h2\/ssh -- h2 /)});
		await execa('sh', ['-c', start!]);
		expect(await it.state('web-stopped')).toBe('running');
		await it.virsh('destroy', 'web-stopped');
	});

	test('ssh, to the host that is not known', async () => {
		const {hosts: all} = JSON.parse((await onAll(['h1', 'strange'], 'hosts', '--json')).stdout);
		const [, line] = /accept it: (.*)/.exec(all[1].remedy)!;
		await expect(execa('sh', ['-c', line!])).rejects.toThrow(/Host key verification failed/);
	});
});

test('hosts of the configuration: added once they answer, meant where none is given, removed', async () => {
	const here = (script: string) => shell(it.lab, `unset LIBVIRT_DEFAULT_URI\n${script}`);
	const file = `${it.lab.folder}/config/virsnap/config.toml`;
	const add = (host: SshHost) => `virsnap hosts add '${host.uri}'`;
	const strange = await here(add(hosts.strange));
	expect(strange).toMatchObject({status: 4, stderr: expect.stringMatching(/host key[\s\S]*strange was not added/)});
	const added = await here(`${add(hosts.h1)} && ${add(hosts.h2)}`);
	expect(added).toMatchObject({status: 0, stderr: `Added h1 to ${file}.\nAdded h2 to ${file}.\n`});
	expect(added.stdout).toMatch(/^h1: libvirt \d\S+, QEMU \d\S+, 1 domain, virsnap \d\S+\nh2: /);
	const created = await here(
		'virsnap create h2/web-stopped c --yes && virsnap delete h2/web-stopped c --yes && virsnap list',
	);
	expect(created).toMatchObject({
		status: 0,
		stdout: expect.stringMatching(/^h1 +- +web-stopped[\s\S]*^h2 +- +web-stopped/m),
	});
	await writeFile(file, (await readFile(file, 'utf8')).replace('[hosts.h2]\n', '[hosts.h2]\ncolor = "red"\n'));
	await colouredNames();
	expect(await here('virsnap hosts remove h1 && virsnap hosts remove h2')).toMatchObject({status: 0});
	expect(await readFile(file, 'utf8')).toBe('');
});

test('on screen the good one is there at once, the others say why, and quitting waits for none of them', async () => {
	const given = (['h1', 'stopped', 'strange'] as const).flatMap(name => ['-c', hosts[name].uri]);
	const env = programEnvironment(it.lab);
	const terminal = launch([launcher, ...given], {columns: 100, rows: 30, env});
	try {
		await terminal.waitFor(/h1 +- +web-stopped +shut off/, 20);
		await terminal.waitFor(/3 hosts: 1 connected.*1 refused/, 20);
		terminal.write('H');
		await terminal.waitFor(/h1 +connected[\s\S]*stopped +(connecting|lost)[\s\S]*strange +refused[\s\S]*host key/i);
		terminal.write('H');
		await terminal.waitFor('Domains 1');
		terminal.write('q');
		expect(await terminal.exited).toMatchObject({exitCode: 0});
	} finally {
		await terminal.stop();
	}
});

/** The second host has a colour: where its name stands, a wrong key is about to be pressed there. */
async function colouredNames(): Promise<void> {
	const {LIBVIRT_DEFAULT_URI: _, ...env} = programEnvironment(it.lab);
	const terminal = launch([launcher], {columns: 100, rows: 30, env});
	const red = async () =>
		(await cellsOn(terminal.terminal)).map(row =>
			[...row.matchAll(/(.)\{[^}]*,1,-?\d+\}/g)]
				.map(([, text]) => text)
				.join('')
				.trim(),
		);
	try {
		for (const name of ['h1', 'h2']) await terminal.waitFor(new RegExp(`${name} +- +web-stopped +shut off`), 30);
		terminal.write('G');
		await terminal.waitFor(/❯ h2/);
		terminal.write('g');
		await terminal.waitFor(/❯ h1/);
		expect((await red()).filter(Boolean)).toEqual(['h2']);
		terminal.write('Gc');
		await terminal.waitFor('h2/web-stopped: create a snapshot');
		expect((await red()).filter(Boolean)).toEqual(['h2/web-stopped: create a snapshot']);
	} finally {
		await terminal.stop();
	}
}
