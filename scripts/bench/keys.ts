/** What a key costs on the screen, how long until its last byte, and what the program takes while nothing happens. */
import {mkdtemp, readFile, rm} from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import {setTimeout as delay} from 'node:timers/promises';
import {execa} from 'execa';
import type {Lab} from '../../source/lab/lab.ts';
import {type Launched, launch} from '../../test/helpers/pty.ts';
import {openUi, quit} from './program.ts';
import {record} from './table.ts';
import {median} from './timing.ts';

const pageDown = '\u001B[6~';
const pageUp = '\u001B[5~';

/** `keys`: how many are pressed. `restSeconds`: how long nothing has happened when idling is measured; a minute long it looks more often. */
type Amount = {
	readonly domains: number;
	readonly keys: number;
	readonly restSeconds: number;
	readonly idleSeconds: number;
};

export async function measureKeys(lab: Lab, columns: number, rows: number, amount: Amount): Promise<void> {
	const {domains, keys} = amount;
	const group = `UI ${columns}x${rows}, ${domains} domains`;
	const started = performance.now();
	const {terminal, firstFrame} = await openUi(lab, columns, rows);
	record(group, 'first frame', firstFrame, 'ms');
	await terminal.waitFor(/-0*5 +shut off/, 60_000);
	record(group, 'domains on screen', performance.now() - started, 'ms');
	// Domains are read from the top: when the last one's snapshots are there, all are.
	terminal.write('G');
	await terminal.waitFor(new RegExp(`Snapshots of domain-${domains}, [a-z ]+: \\d+ [\\s\\S]*snapshot-\\d`), 120_000);
	record(group, 'everything read', performance.now() - started, 'ms');
	terminal.write('g');
	await untilQuiet(terminal, 1500);

	const moves = [];
	for (let index = 0; index < Math.min(keys, rows - 16); index++) moves.push(await press(terminal, 'j'));
	record(group, 'cursor key, last byte', median(moves.map(move => move.milliseconds)), 'ms');
	record(group, 'cursor key', median(moves.map(move => move.bytes)), 'B');
	const scrolls = [];
	for (let index = 0; index < keys; index++) scrolls.push(await press(terminal, index % 2 === 0 ? pageDown : pageUp));
	record(group, 'page key', median(scrolls.map(scroll => scroll.bytes)), 'B');
	if (columns === 80) await measureIdle(terminal, group, amount);
	await quit(terminal);
}

async function measureIdle(
	terminal: Launched,
	group: string,
	{idleSeconds: seconds, restSeconds}: Amount,
): Promise<void> {
	await untilQuiet(terminal, 1500);
	await delay(restSeconds * 1000);
	terminal.takeBytes();
	const before = await processFacts(terminal.child.pid);
	await delay(seconds * 1000);
	const after = await processFacts(terminal.child.pid);
	const share = (100 * (after.cpuSeconds - before.cpuSeconds)) / seconds;
	record(group, `idle, in ${seconds} s`, terminal.takeBytes(), 'B');
	record(group, 'idle, CPU', share, '%', 'with the commands it runs');
	record(group, 'memory, most', after.mostMemoryMiB, 'MiB');
}

/** A list of the same size in a program that is known for its speed: tig, on a repository of as many commits. */
export async function measureTig({keys}: Pick<Amount, 'keys'>): Promise<void> {
	const folder = await mkdtemp(path.join(os.tmpdir(), 'virsnap-bench-tig-'));
	try {
		const git = (...words: string[]) =>
			execa('git', ['-C', folder, '-c', 'user.name=n', '-c', 'user.email=e@e', ...words]);
		await git('init', '-q');
		for (let number = 1; number <= 60; number++) await git('commit', '-q', '--allow-empty', '-m', `snapshot-${number}`);
		const terminal = launch([], {file: 'tig', cwd: folder, env: {HOME: folder}});
		await terminal.waitFor('snapshot-60');
		await untilQuiet(terminal, 500);
		const moves = [];
		for (let index = 0; index < Math.min(keys, 8); index++) moves.push(await press(terminal, 'j'));
		record('tig 80x24', 'cursor key', median(moves.map(move => move.bytes)), 'B');
		await quit(terminal);
	} finally {
		await rm(folder, {recursive: true, force: true});
	}
}

/** Wait until nothing more is written for a while. */
export async function untilQuiet(terminal: Launched, quietMilliseconds: number): Promise<void> {
	for (let last = performance.now(); performance.now() - last < quietMilliseconds; await delay(2)) {
		if (terminal.takeBytes() > 0) last = performance.now();
	}
}

/** Press one key: how many bytes answer it, and how long until the last of them; 40 ms of silence end an answer. */
export async function press(terminal: Launched, key: string): Promise<{milliseconds: number; bytes: number}> {
	const started = performance.now();
	terminal.write(key);
	let [bytes, last] = [0, 0];
	while (performance.now() < (bytes === 0 ? started + 1000 : last + 40)) {
		await new Promise(resolve => setImmediate(resolve));
		const more = terminal.takeBytes();
		if (more > 0) last = performance.now();
		bytes += more;
	}

	return {milliseconds: last - started, bytes};
}

/** CPU time of a process and the children it has waited for (proc(5), /proc/PID/stat), and its peak memory. */
export async function processFacts(pid: number): Promise<{cpuSeconds: number; mostMemoryMiB: number}> {
	const [stat, status] = await Promise.all([
		readFile(`/proc/${pid}/stat`, 'utf8'),
		readFile(`/proc/${pid}/status`, 'utf8'),
	]);
	const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
	const ticks = [11, 12, 13, 14].map(index => Number(fields[index])).reduce((sum, value) => sum + value, 0);
	return {cpuSeconds: ticks / 100, mostMemoryMiB: Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024};
}
