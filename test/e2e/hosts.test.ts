/** Another host through the system's own ssh and a real sshd: the built program here asks the built program there. */
import {existsSync} from 'node:fs';
import {readdir, readFile, rm, writeFile} from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import {execa} from 'execa';
import {afterEach, beforeAll, describe, expect, test} from 'vitest';
import {type SshHost, startSshHost} from '../../source/lab/ssh-host.ts';
import {useLab as labWith, waitUntil} from '../helpers/lab.ts';
import {atMost} from '../helpers/patience.ts';
import {type Launched, launch} from '../helpers/pty.ts';
import {cuttable, netcat} from '../helpers/troubled-host.ts';
import {launcher, programEnvironment, virsnap} from './program.ts';

const it = labWith(['web-stopped', 'Koan']);
let host: SshHost;

/** The program on this side, which knows nothing of the lab but the URI. */
const here = (...words: string[]) => virsnap(it.lab, '-c', host.uri, ...words);

beforeAll(async () => {
	host = await startHost('far', 'there');
});

/** Its receipts are in a folder `state-STATE`. */
function startHost(name: string, state: string): Promise<SshHost> {
	const {XDG_CONFIG_HOME, XDG_STATE_HOME} = programEnvironment(it.lab);
	const env = {XDG_CONFIG_HOME: XDG_CONFIG_HOME!, XDG_STATE_HOME: `${XDG_STATE_HOME}-${state}`};
	return startSshHost(it.lab, {virsnap: [process.execPath, launcher], host: name, env});
}

test('lists what the host itself lists', async () => {
	const [far, near] = await Promise.all([here('list', '--json'), virsnap(it.lab, 'list', '--json')]);
	expect(far.stderr).toBe('');
	const [there, own] = [far, near].map(({stdout}) => JSON.parse(stdout));
	expect(there.domains).toEqual(own.domains);
});

test('creates, reverts and deletes there, and keeps the receipts there', async () => {
	await it.writePattern(await it.sourceOf('web-stopped', 'vda'), 0x11);
	const created = await here('create', 'web-stopped', 'far-1', '--yes', '--json');
	expect(created, created.stderr).toMatchObject({status: 0});
	expect(JSON.parse(created.stdout).receipt.status).toBe('verified');
	await it.writePattern(await it.sourceOf('web-stopped', 'vda'), 0x22);
	expect(await here('revert', 'web-stopped', 'far-1', '--yes')).toMatchObject({status: 0});
	expect(await it.hasPattern(await it.sourceOf('web-stopped', 'vda'), 0x11)).toBe(true);
	expect(await here('delete', 'web-stopped', 'far-1', '--yes')).toMatchObject({status: 0});
	expect(await it.snapshotNames('web-stopped')).not.toContain('far-1');
	expect((await here('log')).stdout).toContain('far-1');
	expect((await virsnap(it.lab, 'log')).stdout).not.toContain('far-1');
});

test('Tab offers what is there: domains, tags and receipts; and nothing, soon, where ssh would ask or hangs', async () => {
	expect(await here('create', 'web-stopped', 'tabbed', '--yes')).toMatchObject({status: 0});
	const offered = async (uri: string, ...words: string[]) => {
		const {stdout} = await virsnap(it.lab, 'complete', 'zsh', '--', '-c', uri, ...words, '');
		return stdout;
	};
	const become = (...words: string[]) => waitUntil(async () => (await offered(host.uri, ...words)) || null);
	expect(await become('list')).toMatch(/^Koan\trunning\nweb-stopped\tshut off$/m);
	expect(await become('revert', 'web-stopped')).toMatch(/^tabbed\t\w+$/m);
	expect(await become('undo')).toMatch(/^\S+\tcreate of web-stopped: verified$/m);
	expect(await here('delete', 'web-stopped', 'tabbed', '--yes')).toMatchObject({status: 0});

	const strange = await startSshHost(it.lab, {virsnap: ['true'], host: 'asks'});
	const asking = 'case "$*" in *BatchMode=yes*) exit 255 ;; esac; echo asked for a password';
	await writeFile(strange.ssh, `#!/bin/sh\n${asking}\n`);
	const silent = await startSshHost(it.lab, {virsnap: ['sleep', '600'], host: 'silent'});
	for (const {uri} of [strange, silent]) {
		const started = performance.now();
		expect([await offered(uri, 'list'), await offered(uri, 'undo')]).toEqual(['', '']);
		expect(performance.now() - started).toBeLessThan(atMost(10));
	}
});

test('a host without virsnap is read in the way of libvirt, and says what it takes to do more', async () => {
	const bare = await startSshHost(it.lab, {virsnap: null, host: 'bare'});
	// libvirt's own way asks for netcat, which a host need not have.
	await writeFile(path.join(bare.folder, 'bin/nc'), netcat, {mode: 0o755});
	const refused = await virsnap(it.lab, '-c', bare.uri, 'create', 'web-stopped', 'far', '--yes');
	expect(refused).toMatchObject({status: 3, stderr: expect.stringContaining('Install virsnap on that host')});
});

test('a host whose key is not known is not believed', async () => {
	const strange = await startSshHost(it.lab, {virsnap: ['true'], host: 'strange'});
	await writeFile(path.join(strange.folder, 'known_hosts'), '');
	const {status, stderr} = await virsnap(it.lab, '-c', strange.uri, 'list');
	expect({status, stderr}).toEqual({
		status: 4,
		stderr: expect.stringMatching(
			/host key is known for strange[\s\S]*compare the key, and accept it: \S+ -- strange true/,
		),
	});
});

test('another version there is not talked to', async () => {
	const older = await startSshHost(it.lab, {
		virsnap: ['sh', '-c', "echo Welcome; echo 'VIRSNAP-AGENT 1 0.0.9'; cat"],
		host: 'older',
	});
	const {status, stderr} = await virsnap(it.lab, '-c', older.uri, 'list');
	expect({status, stderr}).toEqual({
		status: 4,
		stderr: expect.stringMatching(/The host has virsnap 0\.0\.9, this is [\d.]+[\s\S]*Install the same virsnap/),
	});
});

describe('on screen', () => {
	let terminal: Launched | undefined;
	afterEach(() => terminal?.stop());

	async function start({uri} = host): Promise<Launched> {
		terminal = launch([launcher, '-c', uri], {
			columns: 100,
			rows: 30,
			env: programEnvironment(it.lab),
		});
		await terminal.waitFor(/web-stopped +shut off +\d/, 20);
		return terminal;
	}

	test('one ssh; what happens there is seen here; a broken connection is told, and comes back', async () => {
		const program = await start();
		expect(await program.screen()).toContain('qemu+ssh://far/');
		const [agent, ...others] = await agents();
		expect(others).toEqual([]);
		await it.virsh('start', 'web-stopped');
		await program.waitFor(/web-stopped +running/);
		process.kill(agent!, 'SIGKILL');
		await program.waitFor('CONNECTION LOST to qemu+ssh://far/');
		expect(await program.screen()).toMatch(/web-stopped +running/);
		await it.virsh('destroy', 'web-stopped');
		await program.waitFor(/web-stopped +shut off/, 20);
		await expect.poll(program.screen).not.toContain('LOST');
		program.write('q');
		expect(await program.exited).toMatchObject({exitCode: 0});
		await waitUntil(async () => (await agents()).length === 0);
	});

	test('an operation that is under way while the connection breaks is seen to its end', async () => {
		const program = await start();
		const libvirt = await slowToSnapshot(host);
		await createOfKoan(program, 'seen', receipts);
		await libvirt.reached();
		for (const agent of await agents()) process.kill(agent, 'SIGKILL');
		await program.waitFor('CONNECTION LOST');
		await libvirt.goesOn();
		await program.waitFor(/Done and verified/, 30);
		expect(await it.snapshotNames('Koan')).toContain('seen');
	});

	test('cut off in the middle, the program here killed: the operation ends there, and is on screen when one comes back', async () => {
		const cut = await startHost('cut', 'cut');
		const breakLink = await cuttable(cut);
		const libvirt = await slowToSnapshot(cut);
		const program = await start(cut);
		await createOfKoan(program, 'with-memory', () => receipts('cut'));
		await libvirt.reached();
		await execa('sh', ['-c', breakLink]);
		await program.waitFor('CONNECTION LOST');
		await program.stop();
		await waitUntil(async () => (await agents()).length === 0);
		await libvirt.goesOn();
		const receipt = await waitUntil(async () => {
			const [file] = await receipts('cut');
			const found = JSON.parse(await readFile(file!, 'utf8'));
			return found.endedAt === null ? null : found;
		});
		expect(receipt).toMatchObject({status: 'verified', plan: {method: 'libvirt-internal', tag: 'with-memory'}});
		expect(await it.virsh('snapshot-dumpxml', 'Koan', 'with-memory')).toContain("<memory snapshot='internal'/>");

		const again = await start(cut);
		again.write('/Koan\r');
		await again.waitFor(/with-memory/);
		// The receipts are asked for after the domains.
		const screen = await waitUntil(async () => {
			again.write('o');
			const now = await again.screen();
			return now.includes('Done and verified') && now;
		});
		expect(screen).toContain('with-memory');
		expect((await virsnap(it.lab, 'log')).stdout).not.toContain('with-memory');
	});
});

/** Through the wizard, up to its receipt. */
async function createOfKoan(program: Launched, tag: string, receiptsThere: () => Promise<string[]>): Promise<void> {
	program.write('/Koan\r');
	await program.waitFor(/Domains 1 of \d/);
	program.write('c');
	await program.waitFor('step 1 of 4');
	program.write(`\u0015${tag}\r`);
	await program.waitFor('step 2 of 4');
	program.write('\r');
	await program.waitFor('step 3 of 4');
	program.write('\r');
	await program.waitFor('step 4 of 4');
	await program.waitFor(/Enter/);
	const before = await receiptsThere();
	await waitUntil(async () => {
		program.write('\r');
		return (await receiptsThere()).length > before.length;
	});
}

/** A host whose virsh waits in the middle of a create until it is told to go on. */
async function slowToSnapshot({folder}: SshHost): Promise<{reached(): Promise<unknown>; goesOn(): Promise<void>}> {
	const file = (name: string) => path.join(folder, name);
	const waits = `: >'${file('reached')}'; until [ -e '${file('goes-on')}' ]; do sleep 0.05; done`;
	const script = `#!/bin/sh\ncase "$*" in *snapshot-create*) ${waits} ;; esac\nexec /usr/bin/virsh "$@"\n`;
	for (const name of ['reached', 'goes-on']) await rm(file(name), {force: true});
	await writeFile(file('bin/virsh'), script, {mode: 0o755});
	return {
		reached: () => waitUntil(() => existsSync(file('reached'))),
		goesOn: () => writeFile(file('goes-on'), ''),
	};
}

test('an operation goes on there whatever becomes of the connection and of the program here', async () => {
	const libvirt = await slowToSnapshot(host);
	const ended = here('create', 'Koan', 'alone', '--yes');
	await libvirt.reached();
	for (const agent of await agents()) process.kill(agent, 'SIGKILL');
	const {status, stderr} = await ended;
	expect({status, stderr}).toEqual({
		status: 4,
		stderr: expect.stringMatching(/The operation goes on there[\s\S]*\(virsnap log \S+\)/),
	});
	await libvirt.goesOn();
	const [, id] = /virsnap log ([^\s)]+)/.exec(stderr)!;
	await waitUntil(async () => /verified/.test((await here('log', id!, '--json')).stdout));
	expect(await it.snapshotNames('Koan')).toContain('alone');
});

/** Files of the receipts on the host. */
async function receipts(state = 'there'): Promise<string[]> {
	const folder = path.join(it.lab.folder, `state-${state}`, 'virsnap');
	const names = await readdir(folder, {recursive: true}).catch(() => []);
	return names.filter(name => name.endsWith('.json')).map(name => path.join(folder, name));
}

/** Processes that serve this host. */
async function agents(): Promise<number[]> {
	const {stdout} = await execa('pgrep', ['-f', `${path.basename(it.lab.folder)}.* agent$`], {reject: false});
	return stdout.split('\n').filter(Boolean).map(Number);
}
