/** Several hosts, of which two want an answer before they let anybody in: ssh asks at a real terminal, with the screen set aside. */
import {readFile, rm, writeFile} from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import {afterAll, beforeAll, expect, test} from 'vitest';
import {type SshHost, startSshHost} from '../../source/lab/ssh-host.ts';
import {useLab as labWith} from '../helpers/lab.ts';
import {atMost} from '../helpers/patience.ts';
import {type Launched, launch} from '../helpers/pty.ts';
import {sshOf} from '../helpers/ssh-of.ts';
import {netcat, trouble} from '../helpers/troubled-host.ts';
import {launcher, programEnvironment, virsnap} from './program.ts';

const it = labWith(['web-stopped']);

const names = ['h1', 'locked', 'fresh'] as const;
let hosts: Record<(typeof names)[number], SshHost>;
let terminal: Launched;

beforeAll(async () => {
	const {XDG_CONFIG_HOME, XDG_STATE_HOME} = programEnvironment(it.lab);
	const start = (host: string) => {
		const env = {XDG_CONFIG_HOME: XDG_CONFIG_HOME!, XDG_STATE_HOME: `${XDG_STATE_HOME}-${host}`};
		return startSshHost(it.lab, {virsnap: [process.execPath, launcher], host, env});
	};
	const [h1, locked, fresh] = await Promise.all(names.map(start));
	hosts = {h1: h1!, locked: locked!, fresh: fresh!};
	await Promise.all([trouble(locked!, 'locked'), trouble(fresh!, 'fresh')]);
	const given = names.flatMap(name => ['-c', hosts[name].uri]);
	const env = programEnvironment(it.lab);
	terminal = launch([launcher, ...given], {columns: 100, rows: 30, env});
});

afterAll(() => terminal.stop());

const passphrase = 'Enter passphrase for key';
const hostKey = /authenticity of host/;

/** What the terminal shows from the last keys on: what was typed before a question stands is thrown away. */
let from = 0;
const type = (keys: string) => {
	from = terminal.raw().length;
	terminal.write(keys);
};
const isAsked = (question: string | RegExp) =>
	expect.poll(() => terminal.raw().slice(from), {timeout: atMost(10)}).toMatch(question);

test('the screen is there with the host that asks nothing; the others say what they need', async () => {
	await terminal.waitFor(/h1 +- +web-stopped +shut off/, 30);
	await terminal.waitFor('3 hosts: 1 connected, 2 asking', 30);
	await terminal.waitFor('locked needs an answer: a lets ssh ask for it');
	terminal.write('H');
	const screen = await terminal.waitFor(/❯ locked +asking/);
	expect(screen).toMatch(/❯ locked +asking[\s\S]*Permission denied[\s\S]*Enter lets ssh ask/);
	expect(screen).toMatch(/fresh +asking[\s\S]*Host key verification failed[\s\S]*Enter lets ssh ask/);
});

test('Ctrl-C at the question comes back, and costs the other hosts nothing', async () => {
	type('\r');
	await isAsked(passphrase);
	expect(terminal.isAlternate()).toBe(false);
	type('\u0003');
	await terminal.waitFor(/locked: You gave up connecting to locked/);
	expect(terminal.isAlternate()).toBe(true);
	expect(await terminal.screen()).toMatch(/h1 +connected[\s\S]*locked +asking[\s\S]*You gave up/);
	expect(await sshOf(terminal.child.pid)).toEqual(['h1']);
});

test('a wrong answer comes back with the words of ssh', async () => {
	type('\r');
	await isAsked(passphrase);
	for (let time = 1; time < 3; time++) {
		type('wrong\r');
		await isAsked(passphrase);
	}
	type('wrong\r');
	await terminal.waitFor(/locked +asking[\s\S]*! locked: .*Permission denied/);
	expect(terminal.isAlternate()).toBe(true);
});

test('the right one connects: its domains are there, by one ssh, which a Ctrl-C at the next question does not reach', async () => {
	type('\r');
	await isAsked(passphrase);
	type('correct horse\r');
	await terminal.waitFor('locked is connected.', 30);
	await terminal.waitFor(/locked +connected +1 /);
	expect(await sshOf(terminal.child.pid)).toEqual(['h1', 'locked']);
	expect(await terminal.screen()).not.toContain('horse');

	type('j');
	await terminal.waitFor(/❯ fresh/);
	type('\r');
	await isAsked(hostKey);
	type('\u0003');
	// Deaf as it is, ssh takes the key for a no.
	await terminal.waitFor(/! fresh: (?:You gave up|Host key verification failed)/);
	await terminal.waitFor('3 hosts: 2 connected, 1 asking');
	expect(await sshOf(terminal.child.pid)).toEqual(['h1', 'locked']);
	expect(await readFile(path.join(hosts.fresh.folder, 'known_hosts'), 'utf8')).toBe('');
});

test('an unknown key is accepted by the person, and known from then on', async () => {
	type('\r');
	await isAsked(hostKey);
	type('yes\r');
	await terminal.waitFor('fresh is connected.', 30);
	await terminal.waitFor('3 hosts: 3 connected');
	expect(await readFile(path.join(hosts.fresh.folder, 'known_hosts'), 'utf8')).toMatch(/^fresh ssh-ed25519 /m);
	type('q');
	for (const name of names) await terminal.waitFor(new RegExp(`${name} +- +web-stopped`));
	expect(await sshOf(terminal.child.pid)).toEqual(['fresh', 'h1', 'locked']);
});

test('commands ask nobody where there are several, and say how to be asked', async () => {
	const both = ['-c', hosts.h1.uri, '-c', hosts.locked.uri];
	const {status, stdout, stderr} = await virsnap(it.lab, ...both, 'list');
	expect({status, stdout}).toEqual({status: 4, stdout: expect.stringMatching(/^h1 +- +web-stopped/m)});
	expect(stderr).toMatch(/no connection to locked: [\s\S]*Or give this host alone, so that ssh can ask: virsnap -c /);
});

test('hosts tells which of them asks', async () => {
	const {status, stdout} = await virsnap(it.lab, '-c', hosts.h1.uri, '-c', hosts.locked.uri, 'hosts');
	expect({status, stdout}).toEqual({status: 4, stdout: expect.stringMatching(/^locked +asking /m)});
	expect(stdout).toMatch(/^h1 +connected /m);
});

test('the ssh of libvirt, where a host has no virsnap, asks nobody either', async () => {
	const bare = await startSshHost(it.lab, {virsnap: null, host: 'bare'});
	await writeFile(path.join(bare.folder, 'bin/nc'), netcat, {mode: 0o755});
	const said = path.join(bare.folder, 'said');
	const script = await readFile(bare.ssh, 'utf8');
	await writeFile(bare.ssh, script.replace('exec', `echo "$*" >>'${said}'; exec`));
	const {stdout, stderr} = await virsnap(it.lab, '-c', hosts.h1.uri, '-c', bare.uri, 'list');
	expect(stdout, stderr).toMatch(/^bare +- +web-stopped/m);
	const calls = (await readFile(said, 'utf8')).trim().split('\n');
	expect(calls.some(call => call.includes('nc'))).toBe(true);
	expect(calls.filter(call => !/BatchMode=yes/.test(call))).toEqual([]);
});

test('nor on the screen of a host that is alone: only the first ssh asks, before the screen is drawn', async () => {
	const bare = await startSshHost(it.lab, {virsnap: null, host: 'alone'});
	await writeFile(path.join(bare.folder, 'bin/nc'), netcat, {mode: 0o755});
	await trouble(bare, 'locked');
	const env = programEnvironment(it.lab);
	const other = launch([launcher, '-c', bare.uri], {columns: 100, rows: 24, env});
	try {
		await expect.poll(() => other.raw(), {timeout: atMost(10)}).toContain(passphrase);
		other.write('correct horse\r');
		const screen = await other.waitFor(/CONNECTION LOST/, 30);
		expect(screen).toMatch(/Permission denied[\s\S]*without a password prompt/);
		expect(other.raw().split(passphrase)).toHaveLength(2);
	} finally {
		await other.stop();
	}
});

test('a host that is alone and lets nobody in ends the program by one ssh: nobody is asked twice', async () => {
	const denied = await startSshHost(it.lab, {virsnap: null, host: 'denied'});
	const said = path.join(denied.folder, 'said');
	await writeFile(path.join(denied.folder, 'authorized_keys'), '');
	const script = await readFile(denied.ssh, 'utf8');
	await writeFile(denied.ssh, script.replace('exec', `echo asked >>'${said}'; exec`));
	const other = launch([launcher, '-c', denied.uri], {columns: 100, rows: 24, env: programEnvironment(it.lab)});
	try {
		await expect(other.exited).resolves.toMatchObject({exitCode: 4});
		expect(await readFile(said, 'utf8')).toBe('asked\n');
	} finally {
		await other.stop();
	}
	for (const words of [['list'], ['doctor'], ['log'], ['create', 'web', 'tag', '--yes']]) {
		await rm(said);
		const {status} = await virsnap(it.lab, '-c', denied.uri, ...words);
		expect([words, status, await readFile(said, 'utf8')]).toEqual([words, 4, 'asked\n']);
	}
});

test('quitting ends them all', async () => {
	const {pid} = terminal.child;
	type('q');
	await terminal.exited;
	expect(await sshOf(pid)).toEqual([]);
});
