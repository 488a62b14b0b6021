/** This program on a host that has none, by a real ssh and sshd: put there, found there, taken away. */
import {chmod, mkdir, mkdtemp, readdir, rm, stat, writeFile} from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import {execa} from 'execa';
import {afterEach, beforeEach, expect, test} from 'vitest';
import {openHost} from '../../source/hypervisor/agent/here/open-host.ts';
import {type SshAddress, sshAddress} from '../../source/hypervisor/agent/here/ssh-address.ts';
import {cleanThere, lookThere, type OwnProgram} from '../../source/hypervisor/agent/put/put-program.ts';
import {startSshHost} from '../../source/lab/ssh-host.ts';
import {launcher, virsnap} from './program.ts';

let folder: string;
let home: string;
let bin: string;
let address: SshAddress;
let program: OwnProgram;

beforeEach(async () => {
	folder = await mkdtemp(path.join(os.tmpdir(), 'virsnap-put-'));
	home = path.join(folder, 'a home');
	await mkdir(home);
	await start(null);
	const {stdout} = await virsnap({uri: 'test:///unused', folder}, '--version');
	program = {version: /^virsnap (\S+)/.exec(stdout)![1]!, form: 'npm', file: launcher, architecture: process.arch};
});

afterEach(async () => {
	await execa('umount', [home], {reject: false});
	await rm(folder, {recursive: true});
});

async function start(there: readonly string[] | null, name = 'bare'): Promise<void> {
	const lab = {folder, uri: `qemu+unix:///session?socket=${folder}/none`};
	const host = await startSshHost(lab, {virsnap: there, host: name, env: {HOME: home}});
	address = sshAddress(host.uri)!;
	bin = path.join(host.folder, 'bin');
	await shim('node', `exec '${process.execPath}' "$@"`);
}

/** A program of that host. */
async function shim(name: string, script: string): Promise<void> {
	await writeFile(path.join(bin, name), `#!/bin/sh\n${script}\n`);
	await chmod(path.join(bin, name), 0o755);
}

const look = () => lookThere({address, asks: false}, program);
const offered = async () => (await look()).offer();
const put = async () => (await offered()).put();
const clean = () => cleanThere({address, asks: false});
const there = () => path.join(home, '.local/share/virsnap/agent');

test('it is put into a folder of the user, answers from there, and is taken away whole', async () => {
	expect((await look()).version).toBeNull();
	const offer = await offered();
	expect(offer).toMatchObject({folder: path.join(there(), program.version), hindrance: null});
	expect(offer.bytes).toBeGreaterThan(500_000);
	await offer.put();
	expect((await look()).version).toBe(program.version);
	expect((await stat(there())).mode & 0o077).toBe(0);
	const over = {version: program.version, asks: false};
	const hypervisor = await openHost(address, over, {watched: false, closing: new AbortController().signal});
	expect(await hypervisor!.machine()).toMatchObject({name: 'bare'});
	await hypervisor!.close();
	// Once more, as after an upgrade: what is used meanwhile stays beside it.
	await put();
	expect((await readdir(there())).toSorted()).toEqual([program.version, expect.stringMatching(/-[\da-f]{12}$/)]);
	expect([await clean(), await clean()]).toEqual([true, false]);
	expect(await readdir(path.join(home, '.local/share'))).toEqual([]);
	expect((await look()).version).toBeNull();
});

test('another version is told, and ours goes before it', async () => {
	await start(['sh', '-c', 'echo Welcome >&2; echo "virsnap 0.0.9 (npm, Node 22.12.0)"'], 'other');
	expect((await look()).version).toBe('0.0.9');
	await put();
	expect((await look()).version).toBe(program.version);
});

test.each([
	['no Node', 'node', 'exit 127', /has no Node/],
	['an old Node', 'node', 'echo 20.19.2', /Its Node is 20\.19\.2; 22\.12 is needed/],
	['no room', 'df', 'echo "x 1 1 1024 1% /"', /has 1 MiB free, and \S+ MiB are needed/],
])('%s: it is not offered', async (_, name, script, reason) => {
	await shim(name, script);
	expect((await offered()).hindrance?.reason).toMatch(reason);
});

test.each([
	['arrives spoiled', 'sha256sum', 'echo 00', /not what was sent/],
	['does not start', 'node', '[ "$1" = -v ] && echo v24.0.0', /does not start there/],
	['finds no room', 'tar', 'echo "tar: x: No space left on device" >&2; exit 2', /no room in the home there/],
])('it %s: nothing is left of it', async (_, name, script, reason) => {
	const offer = await offered();
	await shim(name, script);
	await expect(offer.put()).rejects.toThrow(reason);
	expect(await readdir(there())).toEqual([]);
});

test.runIf(os.userInfo().uid === 0)('a home without rights to start programs is told', async () => {
	await execa('mount', ['-t', 'tmpfs', '-o', 'noexec,size=64m', 'tmpfs', home]);
	await expect(put()).rejects.toThrow(/must not be started \(mounted noexec\)/);
	await execa('mount', ['-o', 'remount,ro', home]);
	await expect(put()).rejects.toThrow(/the home there cannot be written to/);
});

test('what an operation runs by is not taken away', async () => {
	await put();
	const runner = execa('sh', ['-c', 'read -r _; true', `${there()}/cli.js`, 'carry-out', 'x'], {reject: false});
	try {
		await expect(clean()).rejects.toThrow(/An operation is under way on bare/);
	} finally {
		runner.kill('SIGKILL');
		await runner;
	}
	expect(await clean()).toBe(true);
});
