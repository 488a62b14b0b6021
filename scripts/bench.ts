/**
 * `npm run bench [-- --quick] [--json] [--write] [PART …]`: start-up, inventory, keys, idling, operations and growth of the built program,
 * sizes of a disk of 1 TiB, a UI with hosts that are ill, and one with 1,000 hosts, on labs of its own with hundreds of real domains, beside what the same answer costs by
 * hand. `--write` puts it into docs/performance.md. Parts: hosts, operations, growth, sizes, ill-hosts, many-hosts; all where none is named.
 */
import {readFile, rm, writeFile} from 'node:fs/promises';
import {fileURLToPath} from 'node:url';
import {parseArgs} from 'node:util';
import {fillBigLab} from '../source/lab/big.ts';
import {type Lab, startEmptyLab} from '../source/lab/lab.ts';
import {measureIllHosts} from './bench/ill-hosts.ts';
import {measureInventory} from './bench/inventory.ts';
import {measureKeys, measureTig} from './bench/keys.ts';
import {measureManyHosts} from './bench/many-hosts.ts';
import {measureOperations} from './bench/operations.ts';
import {cache} from './bench/program.ts';
import {measureScales} from './bench/scales.ts';
import {measureSizes} from './bench/sizes.ts';
import {measureStartUp} from './bench/start-up.ts';
import {asJson, asPage, asText} from './bench/table.ts';

const {values: options, positionals: wanted} = parseArgs({
	allowPositionals: true,
	options: {quick: {type: 'boolean'}, json: {type: 'boolean'}, write: {type: 'boolean'}},
});
const quick = options.quick ?? false;
const size = quick ? {domains: 40, snapshots: 400, disks: 42} : {domains: 304, snapshots: 3009, disks: 310};
const few = {hosts: 20, domains: 10, idleSeconds: 2};
const amount = {domains: size.domains, keys: quick ? 12 : 30, restSeconds: quick ? 0 : 75, idleSeconds: quick ? 2 : 60};

const parts: Readonly<Record<string, () => Promise<void>>> = {
	hosts: measureHosts,
	operations: async () => measureOperations(quick ? 3 : 15, await bare()),
	growth: async () => measureScales(quick, await bare()),
	sizes: () => measureSizes(quick),
	'ill-hosts': () => measureIllHosts(quick ? {rounds: 1, keys: 40} : {rounds: 10, keys: 500}),
	'many-hosts': () => measureManyHosts(quick ? few : {hosts: 1000, domains: 50, idleSeconds: 10}),
};
let started: Promise<number> | undefined;

try {
	for (const part of wanted) if (parts[part] === undefined) throw new Error(`No part is called ${part}`);
	for (const [name, measure] of Object.entries(parts))
		if (wanted.length === 0 || wanted.includes(name)) await measure();
	process.stdout.write(`${options.json ? asJson() : asText()}\n`);
	const page = fileURLToPath(new URL('../docs/performance.md', import.meta.url));
	if (options.write) await writeFile(page, asPage(await readFile(page, 'utf8')));
} finally {
	await rm(cache, {recursive: true, force: true});
}

/** Milliseconds of Node that does nothing, measured once. */
function bare(): Promise<number> {
	started ??= withLab(lab => measureStartUp(lab, quick ? 5 : 15));
	return started;
}

async function measureHosts(): Promise<void> {
	await bare();
	await withLab(async lab => {
		await fillBigLab(lab, {...size, log: line => process.stderr.write(`bench: ${line}\n`)});
		const words = `${size.domains} domains, ${size.snapshots} snapshots, ${size.disks} disks`;
		await measureInventory(lab, words, quick ? 2 : 5);
		await measureKeys(lab, 80, 24, amount);
		await measureKeys(lab, 200, 60, amount);
	});
	await measureTig(amount);
}

async function withLab<Result>(measure: (lab: Lab) => Promise<Result>): Promise<Result> {
	const lab = await startEmptyLab();
	try {
		return await measure(lab);
	} finally {
		await lab.stop();
	}
}
