/** Steps that take long, on a real domain with its memory filled: how far they are, and how they are broken off. */

import {readdir, readFile} from 'node:fs/promises';
import path from 'node:path';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import type {Hypervisor} from '../../source/core/model/hypervisor.ts';
import {foldersOf, type Intent} from '../../source/core/model/intent.ts';
import type {Progress, Receipt} from '../../source/core/model/receipt.ts';
import {openHypervisor} from '../../source/hypervisor/hypervisor.ts';
import {hasPatternLive, writePatternLive} from '../../source/lab/pattern.ts';
import {planFor} from '../facts/plan.ts';
import {type Lab, startEmptyLab, waitUntil} from '../helpers/lab.ts';
import {atMost} from '../helpers/patience.ts';
import {saying} from '../helpers/saying.ts';
import {variants} from '../helpers/variants.ts';
import {blockJobOf, isFilled, jobOf, type Monitor, openMonitor, processOf, startFilledGuest} from './filled-guest.ts';

const MiB = 1024 ** 2;
const memoryMiB = 256;
const name = 'filled';
const written = {length: 256 * MiB};
let lab: Lab;
let hypervisor: Hypervisor;
let uuid: string;
let monitor: Monitor;

beforeAll(async () => {
	lab = await startEmptyLab();
	hypervisor = openHypervisor({uri: lab.uri, env: lab.env, receipts: path.join(lab.folder, 'receipts')});
	await startFilledGuest(lab, name, memoryMiB);
	monitor = openMonitor(lab, name);
	uuid = (await lab.virsh('domuuid', '--domain', name)).trim();
});
afterAll(async () => {
	monitor?.close();
	await hypervisor?.close();
	await lab?.stop();
});

const files = async () => (await readdir(path.join(lab.folder, 'images'))).sort();
const state = async () => (await lab.virsh('domstate', '--domain', name)).trim();
const tags = async () => (await hypervisor.facts(uuid)).domain.snapshots.map(({tag}) => tag);

async function planned(intent: Intent) {
	const file = 'file' in intent ? intent.file : undefined;
	return planFor(await hypervisor.facts(uuid, foldersOf(intent), file), intent);
}

async function does(intent: Intent): Promise<void> {
	const receipt = await hypervisor.carryOut(await planned(intent));
	expect(receipt, receipt.message).toMatchObject({status: 'verified'});
}

/** An operation under way, and all that is told of it. */
type Going = {readonly told: Progress[]; readonly last: () => Receipt; readonly ended: Promise<Receipt>};

async function begin(intent: Intent): Promise<Going> {
	const plan = await planned(intent);
	const told: Progress[] = [];
	let last: Receipt | undefined;
	const ended = hypervisor.carryOut(plan, receipt => {
		last = receipt;
		if (receipt.progress && receipt.progress !== told.at(-1)) told.push(receipt.progress);
	});
	await waitUntil(() => last?.steps[0]?.status === 'running', {every: 5});
	return {told, last: () => last!, ended};
}

/** Each of the next figures told lies between what libvirt says right before and right after it. */
async function expectFigures({told}: Going, actual: () => Promise<{done: number; total: number}>): Promise<void> {
	const first = await waitUntil(() => told[0]);
	for (let round = 0; round < 2; round++) {
		const before = await actual();
		const count = told.length;
		const figure = await waitUntil(() => told[count + 1]);
		const after = await actual();
		expect(figure.doneBytes).toBeGreaterThanOrEqual(before.done);
		expect(figure.doneBytes).toBeLessThanOrEqual(after.done);
		expect(figure.totalBytes).toBe(after.total);
	}
	const last = await waitUntil(() => told.find(({doneBytes}) => doneBytes > first.doneBytes));
	expect(last.doneBytes).toBeLessThan(last.totalBytes);
}

const memoryDone = async () => {
	const {left, total} = (await jobOf(lab, name))!;
	return {done: total - left, total};
};
const diskDone = async () => (await blockJobOf(lab, name, 'vda'))!;

async function expectUnharmed(before: readonly string[]): Promise<void> {
	expect(await state()).toBe('running');
	expect(await isFilled(lab, name, memoryMiB)).toBe(true);
	expect(await files()).toEqual(before);
	expect(await jobOf(lab, name)).toBeNull();
}

describe('memory that is being written', () => {
	test.each([
		['save', 'filled.save', (): Intent => ({verb: 'save', file: lab.image('filled.save')})],
		[
			'external-full',
			'filled.full.memory',
			(): Intent => ({
				verb: 'create',
				tag: 'full',
				method: 'external-full',
			}),
		],
	])('%s: as far as libvirt says; cancelled, everything is as before', async (_method, file, intent) => {
		const before = await files();
		const [going] = await Promise.all([begin(intent()), monitor.slowMemoryDown(lab.image(file), 4)]);
		await expectFigures(going, memoryDone);
		expect(going.told.at(-1)!.totalBytes).toBeGreaterThan(memoryMiB * MiB);
		const elapsed = Date.now() - Date.parse(going.last().startedAt);
		const {milliseconds} = (await jobOf(lab, name))!;
		expect(elapsed).toBeGreaterThan(milliseconds - 500);
		expect(elapsed).toBeLessThan(milliseconds + atMost(5));

		const {left} = (await jobOf(lab, name))!;
		await hypervisor.cancel(going.last().id);
		const receipt = await going.ended;
		expect(left / (4 * MiB)).toBeGreaterThan(5);
		expect(receipt).toMatchObject({
			status: 'undone',
			cancelled: true,
			progress: null,
			findings: [],
			remedy: null,
			message: expect.stringMatching(
				/^Cancelled in step 3 of 3 .*canceled by client\. Everything is as it was before\.$/,
			),
		});
		await expectUnharmed(before);
		expect(await tags()).toEqual([]);
	});

	test('cancelled before the job has begun, it is broken off once it has', async () => {
		const before = await files();
		const file = lab.image('filled.save');
		const aborts = (since: string) =>
			hypervisor.commandLog().filter(({at, argv}) => at >= since && argv.at(-1)!.startsWith('domjobabort'));
		const start = new Date().toISOString();
		// It may be broken off in the moment in which it begins.
		const slowed = monitor.slowMemoryDown(file, 4, () => aborts(start).some(({exitCode}) => exitCode === 0));
		const halted = waitUntil(() => processOf('virsh', `--file=${file}`), {every: 1}).then(pid => {
			process.kill(pid, 'SIGSTOP');
			return pid;
		});
		const going = await begin({verb: 'save', file});
		const virsh = await halted;
		try {
			const since = new Date().toISOString();
			await hypervisor.cancel(going.last().id);
			await waitUntil(() => aborts(since).length > 0);
		} finally {
			process.kill(virsh, 'SIGCONT');
		}

		await slowed;
		expect(await going.ended).toMatchObject({status: 'undone', cancelled: true});
		await expectUnharmed(before);
	});

	test.each(variants(['lets nothing in'], () => false))(
		'cancelled while libvirt %s, it is broken off as soon as libvirt does',
		async () => {
			const before = await files();
			const qemu = Number(await readFile(path.join(lab.folder, `run/libvirt/qemu/run/${name}.pid`), 'utf8'));
			const begun = waitUntil(() => processOf('virsh', `--domain=${uuid}`), {every: 1}).then(() =>
				process.kill(qemu, 'SIGSTOP'),
			);
			const going = await begin({verb: 'create', tag: 'full', method: 'external-full'});
			await begun;
			const aborts = () => hypervisor.commandLog().filter(({argv}) => argv.at(-1)!.startsWith('domjobabort'));
			const known = aborts().length;
			try {
				await hypervisor.cancel(going.last().id);
				// It waits in libvirt until its time is up; the one behind it is let in.
				await waitUntil(() => aborts().length > known);
			} finally {
				process.kill(qemu, 'SIGCONT');
			}

			// Unless it was let in before the memory is written, that has to take long enough.
			const writes = waitUntil(() => processOf('libvirt_iohelper', lab.image('filled.full.memory')), {every: 1});
			const writer = await Promise.race([writes, going.ended.then(() => null)]);
			writes.catch(() => undefined);
			if (writer !== null) {
				process.kill(writer, 'SIGSTOP');
				await waitUntil(() => aborts().length > known + 1).finally(() => process.kill(writer, 'SIGCONT'));
			}
			expect(await going.ended).toMatchObject({status: 'undone', cancelled: true});
			await expectUnharmed(before);
		},
	);

	test('the next snapshot works', async () => {
		await does({verb: 'create', tag: 'full', method: 'external-full'});
		expect(await tags()).toEqual(['full']);
		await does({verb: 'delete', tag: 'full'});
	});
});

describe('an overlay that is being merged into its base', () => {
	const fill = (byte: number) => writePatternLive(lab, name, 'vda', byte, written);
	const holds = (byte: number) => hasPatternLive(lab, name, 'vda', byte, written);

	test('by libvirt: as far as it says; it cannot be broken off, and the receipt says that it is done', async () => {
		await does({verb: 'create', tag: 'one', method: 'external-live'});
		await fill(0x11);
		const going = await monitor.slowBlockJobDown(8 * MiB, () => begin({verb: 'delete', tag: 'one'}));
		await expectFigures(going, diskDone);
		await hypervisor.cancel(going.last().id);
		await expectFigures(going, diskDone);
		await monitor.freeBlockJob();
		expect(await going.ended).toMatchObject({
			status: 'verified',
			message: 'Done and verified. The cancel request came too late.',
		});
		expect(await tags()).toEqual([]);
		expect(await holds(0x11)).toBe(true);
	});

	test.each(variants(['stopped'], () => false))(
		'a daemon that is %s for a while: the operation ends well',
		async () => {
			await does({verb: 'create', tag: 'one', method: 'external-live'});
			await fill(0x44);
			const going = await monitor.slowBlockJobDown(8 * MiB, () => begin({verb: 'delete', tag: 'one'}));
			await waitUntil(() => going.told[0]);
			const patience = {silence: 200, sign: 400, answer: atMost(20)};
			const beside = openHypervisor({
				uri: lab.uri,
				env: lab.env,
				receipts: path.join(lab.folder, 'receipts'),
				patience,
			});
			const daemon = Number(await readFile(path.join(lab.folder, 'libvirtd.pid'), 'utf8'));
			process.kill(daemon, 'SIGSTOP');
			try {
				await beside.refresh();
				expect(beside.view().connection).toMatchObject({status: 'lost', reason: expect.stringContaining('stopped')});
				expect(going.last().steps.map(({status}) => status)).toContain('running');
			} finally {
				process.kill(daemon, 'SIGCONT');
				await beside.close();
			}

			await monitor.freeBlockJob();
			expect(await going.ended).toMatchObject({status: 'verified'});
			expect(await tags()).toEqual([]);
			expect(await holds(0x44)).toBe(true);
		},
	);

	test('step by step: aborted, the domain keeps its overlays, and recovery merges the rest', async () => {
		await does({verb: 'create', tag: 'one', method: 'external-live'});
		await fill(0x22);
		await does({verb: 'create', tag: 'two', method: 'external-live'});
		const before = await files();
		const going = await monitor.slowBlockJobDown(8 * MiB, () => begin({verb: 'delete', tag: 'one', children: true}));
		await expectFigures(going, diskDone);
		await hypervisor.cancel(going.last().id);
		const receipt = await going.ended;
		expect(receipt).toMatchObject({
			status: 'failed',
			cancelled: true,
			findings: [expect.stringContaining('can no longer revert to one')],
			message: expect.stringMatching(/^Cancelled in step 1 of \d .*No step before it was done\.$/),
			remedy: saying(`virsnap recover ${receipt.id}`),
		});
		expect(receipt.steps.slice(1).map(({status}) => status)).not.toContain('done');
		await expectUnharmed(before);
		expect(await blockJobOf(lab, name, 'vda')).toBeNull();
		expect(await tags()).toEqual(['one', 'two']);
		expect(await holds(0x22)).toBe(true);

		await expect(planned({verb: 'revert', tag: 'one'})).rejects.toThrow('may be partly merged into its base');
		const {choices} = await hypervisor.recovery(receipt.id);
		expect(choices.map(({id}) => id)).toEqual(['go-on', 'leave']);
		expect(await hypervisor.recover(receipt.id, 'go-on')).toMatchObject({status: 'verified'});
		expect(await tags()).toEqual([]);
		expect(await holds(0x22)).toBe(true);
		expect(await state()).toBe('running');
	});
});

const less = {length: 96 * MiB};

test('between two steps: what is done stays, the next is not begun, and recovery finishes', async () => {
	await does({verb: 'create', tag: 'one', method: 'external-live'});
	await writePatternLive(lab, name, 'vda', 0x33, less);
	await does({verb: 'create', tag: 'two', method: 'external-live'});
	await lab.virsh('destroy', '--domain', name);
	// qemu-img cannot be broken off.
	const going = await begin({verb: 'delete', tag: 'one', children: true});
	await hypervisor.cancel(going.last().id);
	const receipt = await going.ended;
	expect(receipt).toMatchObject({
		status: 'failed',
		cancelled: true,
		message: expect.stringMatching(/^Cancelled before step 2 of \d .*Done before it: 1 step\.$/),
		remedy: saying(`virsnap recover ${receipt.id}`),
	});
	expect(receipt.steps.map(({status}) => status).slice(0, 2)).toEqual(['done', 'pending']);
	expect(await hypervisor.recover(receipt.id, 'go-on')).toMatchObject({status: 'verified'});
	expect(await tags()).toEqual([]);
	await lab.virsh('start', '--domain', name);
	expect(await hasPatternLive(lab, name, 'vda', 0x33, less)).toBe(true);
});
