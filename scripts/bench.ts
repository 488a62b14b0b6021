/**
 * `npm run bench [-- --quick] [--json] [--write]`: start-up, inventory, keys and idling of the built program, on a lab of its own with
 * hundreds of real domains, beside what the same answer costs by hand. `--write` puts it into docs/performance.md.
 */
import {execFile} from 'node:child_process';
import {existsSync} from 'node:fs';
import {mkdtemp, readFile, rm, writeFile} from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import {setTimeout as delay} from 'node:timers/promises';
import {fileURLToPath} from 'node:url';
import {parseArgs, promisify} from 'node:util';
import {fillBigLab} from '../source/lab/big.ts';
import {type Lab, startEmptyLab} from '../source/lab/lab.ts';
import {launch} from '../test/helpers/pty.ts';
import {projectVersion} from './bundle.ts';
import {releaseFolder} from './release/release-folder.ts';

const {values: options} = parseArgs({
	options: {quick: {type: 'boolean'}, json: {type: 'boolean'}, write: {type: 'boolean'}},
});
const size = options.quick ? {domains: 40, snapshots: 400, disks: 42} : {domains: 304, snapshots: 3009, disks: 310};
const runs = options.quick ? 5 : 15;
const keys = options.quick ? 12 : 30;
const idleSeconds = options.quick ? 2 : 5;

const launcher = fileURLToPath(new URL('../cli.js', import.meta.url));
const executable = path.join(await releaseFolder(), `virsnap-${await projectVersion()}-linux-${process.arch}`);
const cache = await mkdtemp(path.join(os.tmpdir(), 'virsnap-bench-'));

type Row = {group: string; what: string; value: number; unit: 'ms' | 'B' | 'MiB' | '%'; note?: string};
const rows: Row[] = [];

function record(group: string, what: string, value: number, unit: Row['unit'], note?: string): number {
	rows.push({group, what, value, unit, ...(note ? {note} : {})});
	process.stderr.write(`bench: ${group}: ${what}: ${format(value, unit)}\n`);
	return value;
}

function format(value: number, unit: Row['unit']): string {
	return unit === 'B' ? `${Math.round(value)} B` : `${value < 10 ? value.toFixed(1) : Math.round(value)} ${unit}`;
}

function median(values: readonly number[]): number {
	const sorted = [...values].sort((a, b) => a - b);
	return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

/** Environment of the program: this lab, and no trace left outside. */
function environment(lab: Lab): Record<string, string> {
	const inherited = Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined);
	return {...Object.fromEntries(inherited), LIBVIRT_DEFAULT_URI: lab.uri, XDG_CACHE_HOME: cache, XDG_STATE_HOME: cache};
}

async function timed(program: string, words: readonly string[], env: Record<string, string>): Promise<number> {
	const started = performance.now();
	await promisify(execFile)(program, words, {env, maxBuffer: 2 ** 28});
	return performance.now() - started;
}

/** Time several things in turn, so that a busy moment of the machine hits all of them; medians, by name. */
async function interleave(
	times: number,
	things: Record<string, () => Promise<number>>,
): Promise<Record<string, number>> {
	const taken: Record<string, number[]> = Object.fromEntries(Object.keys(things).map(name => [name, []]));
	for (const thing of Object.values(things)) await thing(); // the first run fills caches
	for (let run = 0; run < times; run++) {
		for (const [name, thing] of Object.entries(things)) taken[name]?.push(await thing());
	}

	return Object.fromEntries(Object.entries(taken).map(([name, values]) => [name, median(values)]));
}

/** Start the UI in a terminal and wait for its first frame. */
async function openUi(lab: Lab, columns: number, rows: number) {
	const started = performance.now();
	const terminal = launch([launcher], {columns, rows, env: environment(lab)});
	while ((await terminal.screen()).trim() === '') await delay(1);
	return {terminal, firstFrame: performance.now() - started};
}

async function measureStartUp(lab: Lab): Promise<void> {
	const env = environment(lab);
	const node = process.execPath;
	const medians = await interleave(runs, {
		'node -e 0': () => timed(node, ['-e', '0'], env),
		'virsnap --version': () => timed(node, [launcher, '--version'], env),
		// Of `npm run executable`, where it was made.
		...(existsSync(executable) && {'executable --version': () => timed(executable, ['--version'], env)}),
		'virsnap list, no domains': () => timed(node, [launcher, 'list'], env),
		'virsh list --all': () => timed('virsh', ['-q', 'list', '--all'], env),
		async 'UI, first frame'() {
			const {terminal, firstFrame} = await openUi(lab, 80, 24);
			terminal.write('q');
			await terminal.exited;
			return firstFrame;
		},
	});
	const bare = medians['node -e 0'] ?? Number.NaN;
	for (const [name, value] of Object.entries(medians)) {
		record('start-up', name, value, 'ms', `${(value / bare).toFixed(1)} × node -e 0`);
	}
}

/** What a person would type: everything about each domain, and each disk's own table. */
const byHand = `
virsh -q list --all
virsh -q list --all --uuid | while read -r domain; do
	[ -n "$domain" ] || continue
	virsh -q snapshot-list "$domain" </dev/null
	virsh -q domblklist "$domain" </dev/null | while read -r target file; do
		qemu-img info -U --output=json "$file" </dev/null
	done
done`;

async function measureInventory(lab: Lab): Promise<void> {
	const env = environment(lab);
	const medians = await interleave(options.quick ? 2 : 5, {
		'virsnap list --json': () => timed(process.execPath, [launcher, 'list', '--json'], env),
		'floor: virsh list --all': () => timed('virsh', ['-q', 'list', '--all'], env),
	});
	const hand = await timed('bash', ['-c', byHand], env);
	const whole = medians['virsnap list --json'] ?? Number.NaN;
	for (const [name, value] of Object.entries(medians)) record('inventory', name, value, 'ms');
	record(
		'inventory',
		'by hand: virsh and qemu-img in a loop',
		hand,
		'ms',
		`${(hand / whole).toFixed(0)} × list --json`,
	);
}

const pageDown = '\u001B[6~';
const pageUp = '\u001B[5~';

type Terminal = ReturnType<typeof launch>;

/** Wait until nothing more is written for a while; answers with how much was. */
async function untilQuiet(terminal: Terminal, quietMilliseconds = 120): Promise<number> {
	let total = 0;
	for (let last = performance.now(); performance.now() - last < quietMilliseconds; await delay(2)) {
		const bytes = terminal.takeBytes();
		if (bytes > 0) last = performance.now();
		total += bytes;
	}

	return total;
}

/** Press one key: how many bytes answer it, and how long until the last of them; 40 ms of silence end an answer. */
async function press(terminal: Terminal, key: string): Promise<{milliseconds: number; bytes: number}> {
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

async function measureKeys(lab: Lab, columns: number, rows: number): Promise<void> {
	const group = `UI ${columns}x${rows}, ${size.domains} domains`;
	const started = performance.now();
	const {terminal, firstFrame} = await openUi(lab, columns, rows);
	record(group, 'first frame', firstFrame, 'ms');
	await terminal.waitFor(/-0*5 +shut off/, 60_000);
	record(group, 'domains on screen', performance.now() - started, 'ms');
	// Domains are read from the top: when the last one's snapshots are there, all are.
	terminal.write('G');
	await terminal.waitFor(
		new RegExp(`Snapshots of domain-${size.domains}, [a-z ]+: \\d+ [\\s\\S]*snapshot-\\d`),
		120_000,
	);
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
	if (columns === 80) await measureIdle(terminal, group);
	terminal.write('q');
	await terminal.exited;
}

async function measureIdle(terminal: Terminal, group: string): Promise<void> {
	await untilQuiet(terminal, 1500);
	terminal.takeBytes();
	const before = await processFacts(terminal.child.pid);
	await delay(idleSeconds * 1000);
	const after = await processFacts(terminal.child.pid);
	const share = (100 * (after.cpuSeconds - before.cpuSeconds)) / idleSeconds;
	record(group, `idle, in ${idleSeconds} s`, terminal.takeBytes(), 'B');
	record(group, 'idle, CPU', share, '%', 'with the commands it runs');
	record(group, 'memory, most', after.mostMemoryMiB, 'MiB');
}

/** CPU time of a process and the children it has waited for (proc(5), /proc/PID/stat), and its peak memory. */
async function processFacts(pid: number): Promise<{cpuSeconds: number; mostMemoryMiB: number}> {
	const [stat, status] = await Promise.all([
		readFile(`/proc/${pid}/stat`, 'utf8'),
		readFile(`/proc/${pid}/status`, 'utf8'),
	]);
	const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
	const ticks = [11, 12, 13, 14].map(index => Number(fields[index])).reduce((sum, value) => sum + value, 0);
	return {cpuSeconds: ticks / 100, mostMemoryMiB: Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024};
}

function report(): string {
	if (options.json) return JSON.stringify({machine: machine(), size, rows}, null, 2);
	const width = Math.max(...rows.map(({what}) => what.length));
	const groups = [...new Set(rows.map(({group}) => group))];
	const lines = groups.flatMap(group => [
		'',
		group,
		...rows
			.filter(row => row.group === group)
			.map(
				({what, value, unit, note}) =>
					`  ${what.padEnd(width)}  ${format(value, unit).padStart(9)}${note ? `   ${note}` : ''}`,
			),
	]);
	return [machine(), ...lines].join('\n');
}

/** As a page of docs/. */
function page(): string {
	const load = os.loadavg()[0]!.toFixed(1);
	const lines = rows.map(
		({group, what, value, unit, note}) => `| ${group} | ${what} | ${format(value, unit)} | ${note ?? ''} |`,
	);
	return `# Performance

Written by \`npm run bench -- --write\` on ${new Date().toISOString().slice(0, 10)}: ${machine()}. The load of the machine was ${load} at the end;
on a busy one the times are longer, bytes and memory are not.

| where | what | measured | |
| --- | --- | --- | --- |
${lines.join('\n')}
`;
}

function machine(): string {
	const cpus = os.cpus();
	return `${cpus.length} × ${cpus[0]?.model ?? 'unknown'}, Node ${process.version}; ${size.domains} domains, ${size.snapshots} snapshots, ${size.disks} disks; medians`;
}

const lab = await startEmptyLab();
try {
	await measureStartUp(lab);
	await fillBigLab(lab, {...size, log: line => process.stderr.write(`bench: ${line}\n`)});
	await measureInventory(lab);
	await measureKeys(lab, 80, 24);
	await measureKeys(lab, 200, 60);
	process.stdout.write(`${report()}\n`);
	if (options.write) await writeFile(fileURLToPath(new URL('../docs/performance.md', import.meta.url)), page());
} finally {
	await lab.stop();
	await rm(cache, {recursive: true, force: true});
}
