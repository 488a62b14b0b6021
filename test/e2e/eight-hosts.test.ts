/** Eight hosts through real sshds, half of them ill: what is well is there soon, and no key waits for the others (how long: `bench -- ill-hosts`). */
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

beforeAll(async () => {
	const {XDG_CONFIG_HOME, XDG_STATE_HOME} = programEnvironment(it.lab);
	const start = async (host: string) => {
		const env = {XDG_CONFIG_HOME: XDG_CONFIG_HOME!, XDG_STATE_HOME: `${XDG_STATE_HOME}-${host}`};
		return [host, await startSshHost(it.lab, {virsnap: [process.execPath, launcher], host, env})] as const;
	};
	hosts = new Map(await Promise.all([...well, ...ill].map(start)));
	await Promise.all(ill.map(name => trouble(hosts.get(name)!, name)));
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
});

test('keys are answered while others are connected to, hang and are tried again', async () => {
	terminal.write('g');
	await terminal.waitFor(/❯ h1/);
	for (let press = 0; press < 20; press++) {
		terminal.write('G');
		await terminal.waitFor(/❯ (?!h1)/);
		terminal.write('g');
		await terminal.waitFor(/❯ h1/);
	}
});

test('the far one is there when its round trips are over', async () => {
	await terminal.waitFor(/far +- +web-stopped +shut off/, 30);
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
