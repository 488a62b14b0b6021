/** Eight hosts through real sshds, half of them ill: what is well is there soon, and no key waits for the others. */
import {readFile} from 'node:fs/promises';
import process from 'node:process';
import {afterAll, beforeAll, expect, test} from 'vitest';
import {type SshHost, startSshHost} from '../../source/lab/ssh-host.ts';
import {useLab as labWith} from '../helpers/lab.ts';
import {type Launched, launch} from '../helpers/pty.ts';
import {sshOf} from '../helpers/ssh-of.ts';
import {endStopped, type Trouble, trouble} from '../helpers/troubled-host.ts';
import {launcher, programEnvironment} from './program.ts';

const it = labWith(['web-stopped']);

const well = ['h1', 'h2', 'h3'];
const ill: readonly Trouble[] = ['far', 'stopped', 'gone', 'strange', 'asking'];
let hosts: ReadonlyMap<string, SshHost>;
let terminal: Launched;
let started: number;

beforeAll(async () => {
	const {XDG_CONFIG_HOME, XDG_STATE_HOME} = programEnvironment(it.lab);
	const start = async (host: string) => {
		const env = {XDG_CONFIG_HOME: XDG_CONFIG_HOME!, XDG_STATE_HOME: `${XDG_STATE_HOME}-${host}`};
		return [host, await startSshHost(it.lab, {virsnap: [process.execPath, launcher], host, env})] as const;
	};
	hosts = new Map(await Promise.all([...well, ...ill].map(start)));
	await Promise.all(ill.map(name => trouble(hosts.get(name)!, name)));
	started = performance.now();
	const given = [...hosts.values()].flatMap(({uri}) => ['-c', uri]);
	const env = programEnvironment(it.lab);
	terminal = launch([launcher, ...given], {columns: 100, rows: 40, env});
});

afterAll(async () => {
	await terminal.stop();
	await endStopped(hosts.get('stopped')!);
});

test('the good ones are there whatever becomes of the others', async () => {
	for (const name of well) await terminal.waitFor(new RegExp(`${name} +- +web-stopped +shut off`), 30);
	tell('good hosts on screen', performance.now() - started);
});

test('keys are answered while others are connected to, hang and are tried again', async () => {
	const took: (Spent & {readonly until: number})[] = [];
	terminal.write('g');
	await terminal.waitFor(/❯ h1/);
	const presses = process.env.FIGURES ? 500 : 40;
	for (let press = 0; press < presses; press++) {
		const [key, there] = press % 2 === 0 ? ['G', /❯ (?!h1)/] : ['g', /❯ h1/];
		const answer = firstBytes();
		const [before, pressed] = [await spent(), performance.now()];
		terminal.write(key!);
		await answer;
		const until = performance.now() - pressed;
		const after = await spent();
		took.push({until, running: after.running - before.running, waiting: after.waiting - before.waiting});
		await terminal.waitFor(there!);
	}
	const inOrder = took.toSorted((one, other) => one.until - other.until);
	tell(`first byte after each of ${presses} keys, median`, inOrder[presses / 2]!.until);
	tell('99 of 100', inOrder[Math.floor(presses * 0.99)]!.until);
	tell('most that the program ran for one', Math.max(...took.map(({running}) => running)));
	for (const {until, running, waiting} of inOrder.slice(-3)) {
		tell('one of the three slowest', until);
		tell('  of that the program ran', running);
		tell('  and waited for a core that others had', waiting);
	}
});

test('the far one is there when its round trips are over', async () => {
	await terminal.waitFor(/far +- +web-stopped +shut off/, 30);
	tell('far host on screen at the latest', performance.now() - started);
});

test('each bad one says why', async () => {
	terminal.write('H');
	const screen = await terminal.waitFor(/stopped +lost/, 30);
	expect(screen).toMatch(/gone +lost[\s\S]*Connection refused[\s\S]*Next try/);
	expect(screen).toMatch(/strange +refused[\s\S]*host\s+key\s+is\s+known[\s\S]*compare\s+the\s+key/);
	expect(screen).toMatch(/asking +asking[\s\S]*Permission denied[\s\S]*Put your key there/);
	expect(screen).toMatch(/stopped +lost[\s\S]*timed out/);
	expect(screen).toMatch(/far +connected +1 .* [3-9]\d\d ms/);
});

test('one ssh a host', async () => {
	const found = await sshOf(terminal.child.pid);
	expect(found).toEqual([...new Set(found)]);
	expect(found).toEqual(expect.arrayContaining(['far', ...well]));
});

type Spent = {readonly running: number; readonly waiting: number};

/** What the program's main thread has spent until now, in milliseconds (proc(5), schedstat): the rest of a key's time is the test's own. */
async function spent(): Promise<Spent> {
	const [running, waiting] = (await readFile(`/proc/${terminal.child.pid}/schedstat`, 'utf8')).split(' ');
	return {running: Number(running) / 1e6, waiting: Number(waiting) / 1e6};
}

/** Resolves as something is written, and takes no time of the program's while it waits. */
function firstBytes(): Promise<void> {
	const {promise, resolve} = Promise.withResolvers<void>();
	const listening = terminal.child.onData(() => {
		listening.dispose();
		resolve();
	});
	return promise;
}

/** For whoever looks for the figures, which a busy machine does not tell: FIGURES=1. */
const tell = (what: string, milliseconds: number) =>
	process.env.FIGURES && process.stderr.write(`${what}: ${milliseconds.toFixed(1)} ms\n`);
