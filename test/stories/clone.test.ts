/** Linked clones: what the base held, their own from then on, and the base kept from running under them. */

import {createHash} from 'node:crypto';
import {existsSync} from 'node:fs';
import {open, readdir, readFile, stat} from 'node:fs/promises';
import path from 'node:path';
import {expect} from 'vitest';
import {can} from '../../source/core/model/capabilities.ts';
import type {Hypervisor} from '../../source/core/model/hypervisor.ts';
import type {ChoiceId} from '../../source/core/recover/recovery.ts';
import {openHypervisor} from '../../source/hypervisor/hypervisor.ts';
import {hasPattern, writePattern} from '../../source/lab/pattern.ts';
import {saying} from '../helpers/saying.ts';
import {everyVariant, variants} from '../helpers/variants.ts';
import {follows} from './follow.ts';
import {test} from './story.ts';

test('a clone of two disks, one raw, starts on what the base held; the base is kept off', async ({story}) => {
	const {lab} = story;
	const base = await story.domain('base', {disks: ['base.qcow2', 'base.raw']});
	await base.write(0xa1);
	const plan = await base.does({verb: 'clone', name: 'a clone 二'});
	const xml = await lab.virsh('dumpxml', '--domain', 'a clone 二');
	expect(xml).not.toContain(base.uuid);
	expect(plan.warnings.join(' ')).toContain('Do not start base while');
	const files = ['a_clone_二.vda.qcow2', 'a_clone_二.vdb.qcow2'].map(name => lab.image(name));
	for (const file of files) {
		expect(xml).toContain(file);
		expect(await hasPattern(lab, file, 0xa1, {format: 'qcow2'})).toBe(true);
		await writePattern(lab, file, 0xb2, {format: 'qcow2'});
	}
	await base.holds(0xa1);
	await lab.virsh('start', '--domain', 'a clone 二');
	expect((await base.refusal({verb: 'start'})).code).toBe('has-dependants');
	await lab.virsh('destroy', '--domain', 'a clone 二');
	expect((await base.refusal({verb: 'start'})).code).toBe('has-dependants');
});

test('a domain whose layers are the base of a clone is reverted, also to one of these layers', async ({
	story,
	skip,
}) => {
	const base = await story.domain('forked');
	const {host} = await story.hypervisor.facts(base.uuid);
	if (can(host, 'external-revert')) return skip('libvirt reverts it, in a single step');
	for (const [tag, byte] of [
		['s1', 0xa1],
		['s2', 0xa2],
	] as const) {
		await base.write(byte);
		await base.does({verb: 'create', tag, method: 'external-offline'});
	}
	await base.write(0xb2);
	await base.does({verb: 'clone', name: 'forked-2'});
	// Away from the layers that the clone depends on, and back onto one of them.
	await base.does({verb: 'revert', tag: 's1'});
	await base.holds(0xa1);
	await base.does({verb: 'revert', tag: 's2'});
	await base.holds(0xa2);
	await (await story.existing('forked-2')).holds(0xb2);
});

test.runIf(everyVariant)(
	'a clone with UEFI and network is the same machine but for its identity, leaves the base alone, and undo takes it away',
	async ({story}) => {
		const {lab} = story;
		const macs = ['52:54:00:aa:00:01', '52:54:00:aa:00:02'];
		const base = await story.domain('firm', {uefi: true, interfaces: macs, running: true});
		await base.turnOff();
		await base.write(0xa1);
		const nvram = (await base.read()).firmware.nvram!.file;
		// A start leaves every NVRAM with the same variables: with a mark of its own this one cannot be taken for a fresh one.
		await markEnd(nvram, 'mark of the base');
		const before = {nvram: await sha256(nvram), image: await sha256(lab.image('firm.qcow2'))};

		await base.does({verb: 'clone', name: 'firm-2'});
		const clone = await story.existing('firm-2');
		const own = (await clone.read()).firmware.nvram!.file;
		expect(own).not.toBe(nvram);
		expect(await sha256(own)).toBe(before.nvram);
		const [was, is] = await Promise.all([base.virsh('dumpxml', '--inactive'), clone.virsh('dumpxml', '--inactive')]);
		const others = macsIn(is);
		expect(new Set([...macs, ...others]).size).toBe(4);
		const {host} = await story.hypervisor.facts(clone.uuid);
		expect(is.includes(`>${own}</nvram>`)).toBe(can(host, 'chosen-firmware-keeps-nvram'));
		const identity = [
			['<name>firm-2<', '<name>firm<'],
			[clone.uuid, base.uuid],
			[lab.image('firm-2.qcow2'), lab.image('firm.qcow2')],
			...others.map((mac, index) => [mac, macs[index]!] as const),
		] as const;
		const likeBase = identity.reduce((xml, [ours, theirs]) => xml.replace(ours, theirs), is);
		expect(withoutNvram(likeBase)).toBe(withoutNvram(was));

		await clone.does({verb: 'start'});
		await clone.holds(0xa1);
		await clone.write(0xb2);
		await clone.holds(0xb2);
		const refusal = await base.refusal({verb: 'start'});
		const reason = expect.stringContaining('firm-2');
		expect(refusal).toMatchObject({code: 'has-dependants', reason, remedy: saying('firm-2')});
		expect(await base.undoRefusal()).toMatchObject({code: 'wrong-state', remedy: saying('firm-2')});
		await clone.turnOff();
		expect({nvram: await sha256(nvram), image: await sha256(lab.image('firm.qcow2'))}).toEqual(before);

		const plan = await base.undoes();
		expect(plan).toMatchObject({confirm: 'firm-2', losses: [expect.stringContaining('firm-2')]});
		expect((await lab.virsh('list', '--all', '--name')).split('\n')).not.toContain('firm-2');
		expect([own, lab.image('firm-2.qcow2')].filter(existsSync)).toEqual([]);
		expect({nvram: await sha256(nvram), image: await sha256(lab.image('firm.qcow2'))}).toEqual(before);
		await base.does({verb: 'start'});
		await base.holds(0xa1);
	},
);

test('two users clone to one name at the same time: one has it, and the other takes back no more than its own', async ({
	story,
}) => {
	const {lab} = story;
	// Receipts, and with them claims, of two users: neither sees those of the other.
	const users = ['one', 'two'].map(user =>
		openHypervisor({uri: lab.uri, env: lab.env, receipts: path.join(lab.folder, `receipts of ${user}`)}),
	);
	const bases = [await story.domain('left', {disks: ['left-a.qcow2', 'left-b.qcow2']}), await story.domain('right')];
	await bases[0]!.write(0xa1);
	// Of one base both want the same files; of two only the name.
	for (const [name, pair] of [
		['same', [bases[0]!, bases[0]!]],
		['other', bases],
	] as const) {
		const plans = await Promise.all(pair.map(base => base.plan({verb: 'clone', name})));
		const ended = await Promise.all(plans.map((plan, index) => users[index]!.carryOut(plan)));
		const won = ended.findIndex(({status}) => status === 'verified');
		expect(
			ended.map(({status, message}) => `${status}: ${message}`).filter(line => line.startsWith('verified')),
		).toHaveLength(1);
		const [winner, loser] = won === 0 ? ended : ended.toReversed();
		expect(Object.keys(winner!.made!)).toHaveLength(pair[won] === bases[0] ? 2 : 1);
		const clone = await story.existing(name);
		if (pair[won] === bases[0]) await clone.holds(0xa1);
		const before = await clone.read();
		// What the loser left, if anything, is its own; rolled back, the clone of the winner is as it was.
		const user = users[1 - won]!;
		if (loser!.status === 'failed') await user.recover(loser!.id, await firstChoice(user, loser!.id));
		expect(await clone.read()).toEqual(before);
		const files = before.disks.map(disk => disk.source!);
		const stems = (await readdir(lab.image(''))).filter(file => file.startsWith(`${name}.`));
		expect(stems.map(file => lab.image(file)).sort()).toEqual(files.sort());
	}
	await Promise.all(users.map(user => user.close()));
});

async function firstChoice(user: Hypervisor, id: string): Promise<ChoiceId> {
	const {choices} = await user.recovery(id);
	return choices[0]!.id;
}

test('undo takes no clone away that has become more than a clone', async ({story}) => {
	const base = await story.domain('root');
	await base.does({verb: 'clone', name: 'root-2'});
	const clone = await story.existing('root-2');
	await clone.does({verb: 'create', tag: 'kept'});
	expect(await base.undoRefusal()).toMatchObject({code: 'has-children'});
	await clone.does({verb: 'delete', tag: 'kept'});
	await clone.does({verb: 'clone', name: 'root-3'});
	expect(await base.undoRefusal()).toMatchObject({code: 'has-dependants', reason: expect.stringContaining('root-3')});
	await clone.undoes();
	await base.undoes();
	expect(await base.undoRefusal()).toMatchObject({code: 'unsupported'});
});

/** libvirt 9.0 names it in no definition that leaves the choice of the firmware to it. */
function withoutNvram(xml: string): string {
	return xml.replace(/\n *<nvram.*<\/nvram>/, '');
}

async function markEnd(file: string, mark: string): Promise<void> {
	const {size} = await stat(file);
	const handle = await open(file, 'r+');
	await handle.write(mark, size - mark.length);
	await handle.close();
}

function macsIn(xml: string): string[] {
	return [...xml.matchAll(/<mac address='([^']+)'/g)].map(([, address]) => address!);
}

async function sha256(file: string): Promise<string> {
	return createHash('sha256')
		.update(await readFile(file))
		.digest('hex');
}

test.for<[string, boolean, string, string]>([
	['running', true, 'fresh', 'wrong-state'],
	['a taken name', false, 'taken', 'bad-name'],
	['a slash', false, 'a/b', 'bad-name'],
])('%s is refused', async ([, running, name, code], {story}) => {
	const base = await story.domain(`base-${code}-${name.length}`, {running});
	if (name === 'taken') await story.domain('taken');
	expect((await base.refusal({verb: 'clone', name})).code).toBe(code);
});

test('what fails on the second disk is rolled back on the first', async ({story}) => {
	const base = await story.domain('half', {disks: ['half-1.qcow2', 'half-2.qcow2']});
	const plan = await base.plan({verb: 'clone', name: 'never'});
	const steps = plan.steps.map((step, index) => (index === 3 ? {...step, argv: ['false']} : step));
	const receipt = await base.carryOutAltered({...plan, steps});
	expect(receipt.status).toBe('undone');
	expect(
		(await story.hypervisor.facts(base.uuid)).directories[story.lab.image('').replace(/\/$/, '')]?.entries,
	).not.toContain('never.vda.qcow2');
});

test('a base is wanted back: the clone gets one of its own, and its snapshots keep what they hold', async ({story}) => {
	const base = await story.domain('gold');
	await base.write(0x11);
	await base.does({verb: 'create', tag: 'first'});
	await base.does({verb: 'clone', name: 'gold-2'});
	const clone = await story.existing('gold-2');
	await clone.does({verb: 'create', tag: 'before'});
	await clone.write(0x22);
	const refusal = await base.refusal({verb: 'start'});
	expect(await base.refusal({verb: 'revert', tag: 'first'})).toMatchObject({code: 'has-dependants'});
	await follows(story, base, refusal.remedy);
	await base.does({verb: 'revert', tag: 'first'});
	await base.write(0x33);
	await clone.holds(0x22);
	await clone.does({verb: 'revert', tag: 'before'});
	await clone.holds(0x11);
	await base.does({verb: 'start'});
});

test.for(variants([true, false] as const, running => !running))(
	'a clone that was made independent by hand lacks what its snapshots have from below, and that is said (running: %s)',
	async (running, {story}) => {
		const name = running ? 'pulled-on' : 'pulled-off';
		const base = await story.domain(name);
		await base.write(0x11);
		await base.does({verb: 'clone', name: `${name}-2`});
		const clone = await story.existing(`${name}-2`);
		if (running) await clone.does({verb: 'start'});
		await clone.does({verb: 'create', tag: 'before'});
		const {file} = (await clone.read()).disks[0]!.chain[0]!;
		const sound = await clone.plan({verb: 'revert', tag: 'before'});
		expect(sound.warnings.join(' ')).not.toContain('stands on its own');
		if (running) await clone.virsh('blockpull', 'vda', '--wait');
		else await story.lab.qemuImg('rebase', '-f', 'qcow2', '-b', '', file);
		const plan = await clone.plan({verb: 'revert', tag: 'before'});
		expect(plan.warnings.join(' ')).toContain(`${file} stood on another image when the snapshot was taken`);
		expect(plan.confirm).toBe('before');
	},
);
