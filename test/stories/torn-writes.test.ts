/**
 * qemu-img or QEMU dies at one write or another of a snapshot that is taken, gone back to or deleted: recovery, followed to its end,
 * leaves the contents of one point in time, a snapshot that is whole or not there, and images whose every cluster is counted right.
 */

import {readFile} from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import {expect} from 'vitest';
import type {Intent, MethodId} from '../../source/core/model/intent.ts';
import type {Plan} from '../../source/core/model/plan.ts';
import type {Receipt} from '../../source/core/model/receipt.ts';
import {openHypervisor} from '../../source/hypervisor/hypervisor.ts';
import {hasPattern} from '../../source/lab/pattern.ts';
import {makeShim} from '../faults/shim.ts';
import type {Lab} from '../helpers/lab.ts';
import {tear, tornAt} from '../helpers/torn.ts';
import {everyVariant, variants} from '../helpers/variants.ts';
import {receiptsOf} from './hypervisors.ts';
import {type Cast, type Story, test} from './story.ts';

const told = test
	.extend('shim', ({story: {lab}}) => makeShim(path.join(lab.folder, 'shim')))
	.extend('torn', ({story: {lab}, shim}, {onCleanup}) => {
		const env = {...lab.env, PATH: `${shim.folder}:${process.env.PATH}`};
		const torn = openHypervisor({uri: lab.uri, env, receipts: receiptsOf(lab)});
		onCleanup(() => torn.close());
		return torn;
	});

const verbs = ['create', 'revert', 'delete'] as const;
type Verb = (typeof verbs)[number];

/** More writes than any of these has: QEMU 5.2 makes over 16. */
const most = 100;

told.for(variants(verbs, verb => verb === 'create'))(
	'qemu-img dies in the second image: %s',
	async (verb, {story, shim, torn}) => {
		const domain = await story.domain(`img-${verb}`, {disks: [`img-${verb}-a.qcow2`, `img-${verb}-b.qcow2`]});
		const ends = await everySecondWrite(story, domain, verb, 'qemu-img', async (plan, write) => {
			await shim.arm({step: plan.steps.length, when: 'after', act: ':', through: tornAt(write)});
			const receipt = await torn.carryOut(plan);
			await shim.disarm();
			return receipt;
		});
		expect(ends).not.toEqual([]);
	},
);

test.runIf(everyVariant)('QEMU dies while it takes a snapshot', async ({story}) => {
	const domain = await story.domain('live', {disks: ['live-a.qcow2', 'live-b.qcow2'], running: true});
	const ends = await everySecondWrite(story, domain, 'create', 'monitor', async (plan, write) => {
		const file = path.join(story.lab.folder, `run/libvirt/qemu/run/${domain.name}.pid`);
		const tracer = await tear(Number(await readFile(file, 'utf8')), 'fdatasync', write);
		const receipt = await story.hypervisor.carryOut(plan);
		await tracer.end();
		return receipt;
	});
	expect(ends).not.toEqual([]);
});

/**
 * The first write, the third and so on, later ones further apart, until one is not reached any more: how it ended each time.
 * How many are reached differs: strace counts in each thread on its own, and which of its threads writes is up to qemu-img.
 */
async function everySecondWrite(
	story: Story,
	domain: Cast,
	verb: Verb,
	method: MethodId,
	dying: (plan: Plan, write: number) => Promise<Receipt>,
): Promise<string[]> {
	const running = (await domain.read()).id !== null;
	const ends: string[] = [];
	for (let write = 1; write <= most; write += write < 16 ? 2 : 12) {
		if (running && (await domain.read()).id === null) await domain.virsh('start');
		const tag = `t${write}`;
		await domain.write(0xa1);
		if (verb !== 'create') {
			await domain.does({verb: 'create', tag, method});
			await domain.write(0xb2);
		}

		const intent: Intent = verb === 'create' ? {verb, tag, method} : {verb, tag};
		const receipt = await dying(await domain.plan(intent), write);
		if (receipt.status === 'verified') return ends;
		ends.push(await recovered(story, receipt));
		await isWhole(story, domain, verb, method, `${verb}, write ${write}: ${ends.at(-1)}; ${receipt.message}`);
		if (await domain.snapshot(tag)) await domain.does({verb: 'delete', tag});
	}

	throw new Error(`${most} writes were not all of them: ${ends.join('; ')}`);
}

/** Takes the first choice there is until nothing is open. */
async function recovered({hypervisor}: Story, receipt: Receipt): Promise<string> {
	const words = [receipt.status as string];
	for (let round = 0; round < 3; round++) {
		const {status} = (await hypervisor.receipts()).find(({id}) => id === receipt.id)!;
		if (status !== 'failed') return words.join(', ');
		const {verdict, choices} = await hypervisor.recovery(receipt.id);
		words.push(`${verdict} → ${choices[0]!.id}`);
		await hypervisor.recover(receipt.id, choices[0]!.id);
	}

	throw new Error(`recovery does not end: ${words.join(', ')}`);
}

async function isWhole({lab}: Story, domain: Cast, verb: Verb, method: MethodId, what: string): Promise<void> {
	const {id, disks, snapshots} = await domain.read();
	const sound = method === 'libvirt-internal' ? 'ok' : 'unmanaged';
	for (const {tag, health, healthReason} of snapshots) expect(health, `${what}: ${tag} ${healthReason}`).toBe(sound);
	if (id !== null) return;
	const bytes = verb === 'create' ? [0xa1] : verb === 'delete' ? [0xb2] : [0xa1, 0xb2];
	const held = await Promise.all(
		bytes.map(byte =>
			holdAll(
				lab,
				disks.map(({source}) => source!),
				byte,
			),
		),
	);
	expect(held, what).toContain(true);
	for (const {source} of disks) {
		const check = await lab.qemuImg('check', '-q', '-f', 'qcow2', source!).catch(String);
		expect(check, what).toBe('');
	}
}

async function holdAll(lab: Lab, files: readonly string[], byte: number): Promise<boolean> {
	const held = await Promise.all(files.map(file => hasPattern(lab, file, byte, {format: 'qcow2'})));
	return held.every(one => one);
}
