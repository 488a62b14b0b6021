/** What a revert keeps: the overlay that the domain leaves reads the same whatever is deleted, or the delete is refused. */
import {chmod, mkdir, rm} from 'node:fs/promises';
import path from 'node:path';
import {expect} from 'vitest';
import type {Refusal} from '../../source/core/model/refusal.ts';
import {hasPattern, writePattern} from '../../source/lab/pattern.ts';
import {saying} from '../helpers/saying.ts';
import {everyVariant, variants} from '../helpers/variants.ts';
import {follows} from './follow.ts';
import {type Cast, type Story, test} from './story.ts';

const method = 'external-offline';
const source = async (domain: Cast) => (await domain.read()).disks[0]!.source!;
const create = (domain: Cast, tag: string) => domain.does({verb: 'create', tag, method});

/** To a folder that is named, which is never left to libvirt: one that reverts itself removes overlays that it has made before. */
const revert = async (domain: Cast, tag: string) =>
	domain.does({verb: 'revert', tag, dir: path.dirname(await source(domain))});

/** The overlay that the domain runs on now is left for another one, with this in it. */
async function leaves(domain: Cast, byte: number, tag: string): Promise<string> {
	await domain.write(byte);
	const left = await source(domain);
	await revert(domain, tag);
	return left;
}

async function isListed(domain: Cast, file: string): Promise<void> {
	expect((await domain.leftBehind()).map(one => one.file)).toContain(file);
}

/** It reads the same, and can still be found. */
async function isKept({lab}: Story, domain: Cast, file: string, byte: number): Promise<void> {
	expect(await hasPattern(lab, file, byte, {format: 'qcow2'}), `${file} holds 0x${byte.toString(16)}`).toBe(true);
	await isListed(domain, file);
}

test('after two reverts to one snapshot its delete leaves the first overlay readable', async ({story}) => {
	const domain = await story.domain('twice');
	await domain.write(0xa1);
	await create(domain, 's1');
	await revert(domain, 's1');
	// It holds nothing of its own, so that it reads whatever becomes of the base.
	const left = await source(domain);
	await revert(domain, 's1');
	await domain.write(0xc3);
	await domain.does({verb: 'delete', tag: 's1'});
	await domain.holds(0xc3);
	await isKept(story, domain, left, 0xa1);
});

test.runIf(everyVariant)(
	'layers under a kept overlay stay when their snapshots are deleted, and it is listed to the end',
	async ({story}) => {
		const domain = await story.domain('layers');
		await domain.write(0xa1);
		await create(domain, 's1');
		await domain.write(0xb2);
		await create(domain, 's2');
		await revert(domain, 's2');
		const left = await leaves(domain, 0xc3, 's1');
		await domain.does({verb: 'delete', tag: 's2'});
		await isKept(story, domain, left, 0xc3);
		const plan = await domain.does({verb: 'delete', tag: 's1'});
		expect(plan.warnings.map(String).join()).toContain(left);
		await isKept(story, domain, left, 0xc3);
		await domain.holds(0xa1);
	},
);

test.runIf(everyVariant)('a revert is undone though the snapshot that was current is gone', async ({story}) => {
	const domain = await story.domain('undone');
	await domain.write(0xa1);
	await create(domain, 's1');
	await create(domain, 's2');
	await revert(domain, 's2');
	const left = await leaves(domain, 0xc3, 's1');
	const reverted = (await story.hypervisor.receipts())[0]!;
	await domain.does({verb: 'delete', tag: 's2'});
	await domain.undoes(reverted.id);
	expect(await source(domain)).toBe(left);
	await domain.holds(0xc3);
});

test('a revert is undone to an overlay in a folder that receipts alone tell of', async ({story}) => {
	const domain = await story.domain('folders');
	await create(domain, 's1');
	const dirs = ['first', 'second'].map(name => path.join(story.lab.folder, name));
	for (const dir of dirs) {
		await mkdir(dir, {recursive: true});
		await chmod(dir, 0o777);
		await domain.does({verb: 'revert', tag: 's1', dir});
		await domain.write(dir === dirs[0] ? 0xb1 : 0xb2);
	}
	await domain.undoes();
	await domain.holds(0xb1);
});

test('nothing is merged under a kept overlay; told how, it is made independent, and the delete goes through', async ({
	story,
}) => {
	const domain = await story.domain('under');
	await domain.write(0xa1);
	const below = {offset: 4 * 2 ** 20, format: 'qcow2'} as const;
	await writePattern(story.lab, await source(domain), 0xe5, below);
	await create(domain, 's1');
	await domain.write(0xb2);
	await revert(domain, 's1');
	await domain.write(0xc3);
	const left = await source(domain);
	await story.lab.qemuImg('snapshot', '-c', 'inner', left);
	await domain.undoes();
	await isKept(story, domain, left, 0xc3);
	let refusal: Refusal;
	for (const children of [false, true]) {
		refusal = await domain.refusal({verb: 'delete', tag: 's1', children});
		expect(refusal).toMatchObject({code: 'has-dependants', remedy: saying('qemu-img rebase')});
		expect(refusal.reason).toContain(left);
	}
	await domain.does({verb: 'start'});
	expect(await domain.refusal({verb: 'delete', tag: 's1'})).toMatchObject({code: 'has-dependants'});
	await follows(story, domain, refusal!.remedy);
	await domain.does({verb: 'delete', tag: 's1'});
	await domain.holds(0xb2);
	expect(await hasPattern(story.lab, left, 0xc3, {format: 'qcow2'})).toBe(true);
	// What the snapshot inside it reads from below is there, too.
	const inner = story.lab.image('under.inner');
	await story.lab.qemuImg('convert', '-l', 'snapshot.name=inner', '-O', 'qcow2', left, inner);
	expect(await hasPattern(story.lab, inner, 0xe5, below)).toBe(true);
});

test.for(variants([false, true], () => false))(
	'one on an overlay that is merged goes over to the base (running: %s)',
	async (running, {story}) => {
		const domain = await story.domain(running ? 'over-on' : 'over');
		await domain.write(0xa1);
		await create(domain, 's1');
		await domain.write(0xb2);
		await create(domain, 's2');
		await revert(domain, 's2');
		const left = await leaves(domain, 0xc3, 's2');
		if (running) await domain.does({verb: 'start'});
		await domain.write(0xd4);
		await domain.does({verb: 'delete', tag: 's1'});
		await domain.holds(0xd4);
		await isKept(story, domain, left, 0xc3);
		if (running) await domain.turnOff();
		await revert(domain, 's2');
		await domain.holds(0xb2);
	},
);

test('whatever it is called: an overlay by hand stands in the way of what would spoil it', async ({story}) => {
	const {lab} = story;
	const domain = await story.domain('named');
	await domain.write(0xa1);
	await create(domain, 's1');
	const [base, own] = [lab.image('named.qcow2'), lab.image('some other name')];
	await lab.qemuImg('create', '-q', '-f', 'qcow2', '-b', base, '-F', 'qcow2', own);
	const refusal = await domain.refusal({verb: 'delete', tag: 's1'});
	expect(refusal.code).toBe('has-dependants');
	expect(refusal.reason).toContain(own);
});

test.runIf(everyVariant)('a snapshot inside a kept overlay stands in the way of those below', async ({story}) => {
	const domain = await story.domain('inside');
	await domain.write(0xa1);
	await create(domain, 'e');
	await create(domain, 'f');
	await revert(domain, 'f');
	await domain.write(0xb2);
	await domain.does({verb: 'create', tag: 'i', method: 'libvirt-internal'});
	const left = await leaves(domain, 0xc3, 'e');
	const refusal = await domain.refusal({verb: 'delete', tag: 'f'});
	expect(refusal).toMatchObject({code: 'has-children', remedy: saying('virsnap delete inside i')});
	expect(refusal.reason).toContain(left);
});

test('one whose base is gone stays listed, and is not put under the domain again', async ({story}) => {
	const {lab} = story;
	const domain = await story.domain('hollow');
	await domain.write(0xa1);
	await create(domain, 's1');
	await create(domain, 's2');
	await revert(domain, 's2');
	const left = await leaves(domain, 0xc3, 's1');
	await rm(lab.image('hollow.s1.qcow2'));
	await isListed(domain, left);
	expect((await domain.undoRefusal()).reason).toContain('hollow.s1.qcow2');
	await domain.does({verb: 'reclaim', overlay: left});
	expect(await domain.leftBehind()).toEqual([]);
});
