/** A process that is loaded before it is known what it is for: it must be there in time, or not at all. */
import {spawn} from 'node:child_process';
import {chmod, mkdtemp, readdir, readFile, readlink, rm} from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import {Readable} from 'node:stream';
import {fileURLToPath} from 'node:url';
import fc from 'fast-check';
import {afterEach, beforeEach, expect, test} from 'vitest';
import {createOperations} from '../../source/execute/operations.ts';
import {holderOf} from '../../source/execute/receipts/claims.ts';
import {wantedReceipt} from '../../source/execute/runner.ts';
import {virshReader} from '../../source/libvirt/virsh/virsh-reader.ts';
import {facts} from '../facts/facts.ts';
import {waitUntil} from '../helpers/lab.ts';
import {ownVirsh, twoSteps} from './two-steps.ts';

const script = fileURLToPath(new URL('runner-process.ts', import.meta.url));
let folder: string;

beforeEach(async () => {
	folder = await mkdtemp(path.join(os.tmpdir(), 'virsnap-ready-'));
});

afterEach(() => rm(folder, {recursive: true, force: true, maxRetries: 5}));

const operations = (receipts = folder) =>
	createOperations({
		folder: receipts,
		runner: [process.execPath, script, folder, 'run'],
		libvirt: {uri: null, env: ownVirsh(folder)},
		reader: virshReader({uri: null}),
		facts: async () => facts(),
		isHere: async () => true,
		definitions: folder,
	});

const files = async () => (await readdir(folder)).filter(name => name.endsWith('.ready') || name.endsWith('.stderr'));

/** The process whose words go to the file of one that is ready; undefined while there is none. */
async function readyProcess(): Promise<number | undefined> {
	for (const pid of (await readdir('/proc')).filter(name => /^\d+$/.test(name))) {
		const words = await readlink(`/proc/${pid}/fd/2`).catch(() => '');
		if (words.startsWith(`${folder}/.`) && words.endsWith('.ready')) return Number(pid);
	}
}

/** Loaded so far that it waits for what it is to do. */
const untilReady = () =>
	waitUntil(async () => {
		const pid = await readyProcess();
		if (pid === undefined) return undefined;
		return (await readFile(`/proc/${pid}/cmdline`, 'utf8')).includes(script) ? pid : undefined;
	});

const isGone = () => waitUntil(async () => (await readyProcess()) === undefined && (await files()).length === 0);

test('what was prepared carries the plan out, and only once', async () => {
	const all = operations();
	all.prepare();
	all.prepare();
	const pid = await untilReady();
	const first = await all.carryOut(twoSteps('quick'));
	expect(first).toMatchObject({status: 'verified', runner: {pid}});
	// The claim goes after the receipt has ended.
	await waitUntil(async () => (await holderOf(folder, first.plan.domain.uuid)) === null);
	const second = await all.carryOut(twoSteps('quick'));
	expect(second).toMatchObject({status: 'verified'});
	expect(second.runner!.pid).not.toBe(pid);
	await isGone();
});

test('what is wanted before it is loaded waits for it', async () => {
	const all = operations();
	all.prepare();
	expect(await all.carryOut(twoSteps('quick'))).toMatchObject({status: 'verified'});
	await isGone();
});

test('nothing is carried out, and nothing stays, where nothing comes', async () => {
	const all = operations();
	all.prepare();
	await untilReady();
	all.close();
	await isGone();
	expect(await all.receipts()).toEqual([]);
});

test('nor where whoever prepared it is killed', async () => {
	const starter = spawn(process.execPath, [script, folder, 'prepare'], {stdio: ['pipe', 'ignore', 'ignore']});
	await untilReady();
	starter.kill('SIGKILL');
	await isGone();
});

test('one that was killed meanwhile is replaced', async () => {
	const all = operations();
	all.prepare();
	const pid = await untilReady();
	process.kill(pid, 'SIGKILL');
	await isGone();
	const receipt = await all.carryOut(twoSteps('quick'));
	expect(receipt).toMatchObject({status: 'verified'});
	expect(receipt.runner!.pid).not.toBe(pid);
	await isGone();
});

test('none is prepared where receipts do not belong, or do not lie yet', async () => {
	const receipts = path.join(folder, 'receipts');
	const all = operations(receipts);
	all.prepare();
	// What is started looks for its receipt in the folder above.
	await all.carryOut(twoSteps('quick'));
	expect((await readdir(receipts)).filter(name => name.endsWith('.ready'))).toEqual([]);
	await chmod(receipts, 0o777);
	const distrusting = operations(receipts);
	distrusting.prepare();
	await expect(distrusting.carryOut(twoSteps('quick'))).rejects.toThrow(/cannot be written/);
	expect((await readdir(receipts)).filter(name => name.endsWith('.ready'))).toEqual([]);
});

test('only a whole line says what is to be done', async () => {
	await fc.assert(
		fc.asyncProperty(
			fc.string({unit: 'grapheme-ascii', maxLength: 40}).filter(id => !id.includes('\n')),
			fc.boolean(),
			fc.array(fc.nat(40), {maxLength: 4}),
			async (id, whole, cuts) => {
				const text = whole ? `${id}\nmore` : id;
				const places = [...new Set([0, ...cuts.map(cut => Math.min(cut, text.length)), text.length])].sort(
					(a, b) => a - b,
				);
				const pieces = places.slice(1).map((end, index) => text.slice(places[index], end));
				expect(await wantedReceipt('-', Readable.from(pieces))).toBe(whole ? id : null);
			},
		),
	);
	expect(await wantedReceipt('20261127-1', Readable.from([]))).toBe('20261127-1');
});
