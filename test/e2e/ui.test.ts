/** The built program in a terminal, on real domains: what a person types and sees. */
import {readFile, writeFile} from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import {afterEach, describe, expect, test} from 'vitest';
import {findGuest} from '../../source/lab/guest.ts';
import {useLab as labWith, waitUntil} from '../helpers/lab.ts';
import {type Launched, launch} from '../helpers/pty.ts';
import {cellsOn} from '../helpers/screen.tsx';
import {launcher, programEnvironment} from './program.ts';

const guest = await findGuest();
const story = labWith(guest ? ['Koan', 'web-stopped', 'counter'] : ['Koan', 'web-stopped']);

let terminal: Launched | undefined;
afterEach(() => terminal?.stop());

/** Started, with everything read. */
async function start(): Promise<Launched> {
	terminal = launch([launcher], {
		columns: 100,
		rows: 30,
		env: programEnvironment(story.lab),
	});
	await terminal.waitFor(/web-stopped +shut off +\d/, 20);
	return terminal;
}

/** The cursor on this domain, by way of the filter, and the snapshots pane in focus. */
async function walkTo(program: Launched, domain: string): Promise<void> {
	program.write(`/${domain}\r`);
	await program.waitFor(/Domains 1 of \d/);
	program.write('l');
	await program.waitFor(`▸ Snapshots of ${domain}`);
}

test('the snapshots of a domain, with their columns, wherever they were made', async () => {
	const program = await start();
	expect(program.isAlternate()).toBe(true);
	await walkTo(program, 'Koan');
	const screen = await program.waitFor('k3-snap');
	expect(screen).toMatch(/TAG +VM SIZE DATE +AGE +VM CLOCK +OWN +SINCE +HEALTH/);
	expect(screen).toMatch(/k1-snap +0 B .* unmanaged/);
	expect(screen).toMatch(/k2-snap +\d+ KiB .* unmanaged/);
	expect(screen).toMatch(/k3-snap +\d+ KiB .* ok/);
	program.write('q');
	expect((await program.exited).exitCode).toBe(0);
	await program.screen();
	expect(program.isAlternate()).toBe(false);
});

test('the cursor is a bar up to the edge of its pane, and nothing beside it', async () => {
	const program = await start();
	await program.waitFor('❯');
	const rows = await cellsOn(program.terminal);
	const edge = (await program.screen()).split('\n')[2]!.indexOf('│');
	const inverse = rows.map(row =>
		[...row.matchAll(/\{\d+,\d+,(\d+),/g)].map(([, style]) => (style === '0' ? ' ' : 'x')).join(''),
	);
	const bar = inverse.filter(row => row.includes('x'));
	expect(bar).toEqual(['x'.repeat(edge).padEnd(100)]);
	program.write('q');
	await program.exited;
});

test('a snapshot is made through the wizard, and a held Enter makes none', async () => {
	const program = await start();
	await walkTo(program, 'web-stopped');
	program.write('c');
	await program.waitFor('step 1 of 4');
	program.write('\u0015by-hand\r');
	await program.waitFor('step 2 of 4');
	// As a key that is held: it gets as far as the review, and no further.
	for (let repeat = 0; repeat < 30; repeat++) {
		program.write('\r');
		await new Promise(resolve => setTimeout(resolve, 30));
	}
	expect(await program.waitFor('step 4 of 4')).toContain('--name=by-hand');
	expect(await story.snapshotNames('web-stopped')).not.toContain('by-hand');
	await program.waitFor('Press Enter');
	program.write('\r');
	await program.waitFor('Done and verified', 20);
	expect(await story.snapshotNames('web-stopped')).toContain('by-hand');
	program.write('q');
	await program.waitFor(/by-hand .* ok/);
	program.write('ou');
	await program.waitFor('Type by-hand to confirm');
	program.write('by-hand\r');
	await program.waitFor('Done and verified', 20);
	expect(await story.snapshotNames('web-stopped')).not.toContain('by-hand');
});

test('what another shell does appears without a key', async () => {
	const program = await start();
	await story.virsh('start', '--domain', 'web-stopped');
	await program.waitFor(/web-stopped +running/);
	await story.virsh('destroy', '--domain', 'web-stopped');
	await program.waitFor(/web-stopped +shut off/);
});

/** The only child of this process. */
async function childOf(pid: number): Promise<number> {
	return Number(await waitUntil(() => readFile(`/proc/${pid}/task/${pid}/children`, 'utf8')));
}

test('stopped by others and continued by the shell, it takes the terminal back and reads on', async () => {
	const env = {...programEnvironment(story.lab), PS1: 'shell$ ', HISTFILE: '/dev/null'};
	terminal = launch(['--norc', '--noprofile', '-i'], {file: 'bash', columns: 100, rows: 30, env});
	const shell = terminal;
	await shell.waitFor('shell$');
	shell.write(`'${process.execPath}' '${launcher}'\r`);
	await shell.waitFor(/web-stopped +shut off +\d/, 20);
	const pid = await childOf(shell.child.pid);
	process.kill(pid, 'SIGSTOP');
	await shell.waitFor('Stopped');
	await story.virsh('start', '--paused', '--domain', 'web-stopped');
	shell.write('fg\r');
	expect(await shell.waitFor(/web-stopped +paused/)).not.toContain('Stopped');
	expect(shell.isAlternate()).toBe(true);
	// Keys arrive one by one and are not echoed.
	shell.write('?');
	await shell.waitFor('Keys');
	await story.virsh('destroy', '--domain', 'web-stopped');
	shell.write('q');
	await shell.waitFor(/web-stopped +shut off/);
	shell.write('q');
	await shell.waitFor(/shell\$$/);
	expect(shell.isAlternate()).toBe(false);
});

test('a description is written in an editor that has the terminal to itself, stopped and continued in between', async () => {
	const editor = path.join(story.lab.folder, 'files', 'an-editor');
	const lines = [
		'#!/bin/sh',
		'echo EDITING',
		'read -r first',
		'echo "GOT $first"',
		'read -r second',
		`printf '%s\\n' "$first" "$second" >>"$1"`,
	];
	await writeFile(editor, lines.join('\n'), {mode: 0o755});
	const env = {...programEnvironment(story.lab), PS1: 'shell$ ', HISTFILE: '/dev/null'};
	terminal = launch(['--norc', '--noprofile', '-i'], {
		file: 'bash',
		columns: 100,
		rows: 30,
		env: {...env, VISUAL: editor},
	});
	const shell = terminal;
	await shell.waitFor('shell$');
	shell.write(`'${process.execPath}' '${launcher}'\r`);
	await shell.waitFor(/web-stopped +shut off +\d/, 20);
	await walkTo(shell, 'Koan');
	await shell.waitFor('k3-snap');
	shell.write('/k3\re');
	await shell.waitFor('Description:');
	shell.write('\u0015In short:\u000F');
	await shell.waitFor('EDITING');
	expect(shell.isAlternate()).toBe(false);
	shell.write('all that is typed\r');
	await shell.waitFor('GOT all that is typed');
	shell.write('\u001A');
	await shell.waitFor(/Stopped[^$]*shell\$$/);
	shell.write('fg\r');
	await shell.waitFor(/shell\$ fg/);
	shell.write('reaches it\r');
	await shell.waitFor('Description: In short:␊all that is typed␊reaches it▏');
	expect(shell.isAlternate()).toBe(true);
	shell.write('\r');
	await shell.waitFor('Press Enter');
	shell.write('\r');
	await shell.waitFor('Done and verified', 20);
	const record = await story.virsh('snapshot-dumpxml', '--domain', 'Koan', '--snapshotname', 'k3-snap');
	expect(record).toContain('<description>In short:\nall that is typed\nreaches it</description>');
	shell.write('q');
	await shell.waitFor(/About +In short:\n.* all that is typed\n/);
	shell.write('q');
	await shell.waitFor(/shell\$$/);
});

test('snapshots of two domains are deleted from one review, and nothing else is', async () => {
	for (const tag of ['pair-one', 'pair-two', 'pair-stays'])
		await story.virsh('snapshot-create-as', '--domain', 'web-stopped', '--name', tag);
	await story.virsh('snapshot-create-as', '--domain', 'Koan', '--name', 'pair-koan');
	const before = await story.snapshotNames('Koan');
	const program = await start();
	program.write('S');
	await program.waitFor('pair-koan');
	program.write('/pair\rO');
	await program.waitFor(/4 of \d+ \/pair {2}largest OWN first/);
	program.write('OO');
	await program.waitFor('by tag');
	// pair-koan, pair-one, and below pair-stays pair-two.
	program.write('g  j d');
	await program.waitFor('delete 3 snapshots (frees ');
	expect(await program.waitFor('3 snapshots of 2 domains')).toContain('Frees');
	program.write('2\r');
	await program.waitFor('Not run: type 3 to confirm');
	program.write('\u00153\r');
	await program.waitFor('3 of 3 snapshots deleted and verified', 60);
	expect(await story.snapshotNames('web-stopped')).toEqual(expect.not.arrayContaining(['pair-one', 'pair-two']));
	expect(await story.tags(await story.sourceOf('web-stopped', 'vda'))).toContain('pair-stays');
	expect(await story.tags(await story.sourceOf('web-stopped', 'vda'))).not.toContain('pair-two');
	expect(await story.snapshotNames('Koan')).toEqual(before.filter(tag => tag !== 'pair-koan'));
	expect(await story.tags(await story.sourceOf('Koan', 'vda'))).not.toContain('pair-koan');
	program.write('\r');
	await program.waitFor('1 of');
	program.write('q');
	await program.waitFor('Domains');
	program.write('q');
	expect((await program.exited).exitCode).toBe(0);
});

test.each(['SIGTERM', 'SIGHUP'])('%s gives the screen back', async signal => {
	const program = await start();
	program.child.kill(signal);
	await program.exited;
	await program.screen();
	expect(program.isAlternate()).toBe(false);
});

describe.skipIf(!guest)('a guest that counts', () => {
	test('reverts to the snapshot, once its tag is typed', async () => {
		await waitUntil(() => story.count());
		const program = await start();
		await walkTo(program, 'counter');
		program.write('c');
		await program.waitFor('step 1 of 4');
		program.write('\u0015counted\r');
		await program.waitFor('step 2 of 4');
		program.write('\r');
		await program.waitFor('step 3 of 4');
		program.write('\r');
		await program.waitFor('Press Enter');
		program.write('\r');
		await program.waitFor('Done and verified', 30);
		const then = await story.count();
		await waitUntil(async () => (await story.count()) > then + 2);
		program.write('q');
		await program.waitFor(/counted .* ok/);
		program.write('r');
		await program.waitFor('step 1 of 2');
		program.write('\r');
		await program.waitFor('Type counted to confirm');
		program.write('wrong\r');
		await program.waitFor('Not run');
		const before = (await story.console('counter')).length;
		program.write('\u0015counted\r');
		await program.waitFor('Done and verified', 30);
		const again = await waitUntil(async () => {
			const since = (await story.console('counter')).slice(before);
			const counts = [...since.matchAll(/^COUNT (\d+)\r?\n/gm)].map(match => Number(match[1]));
			return counts.find(count => count <= then + 2);
		});
		expect(again).toBeLessThanOrEqual(then + 2);
	});
});
