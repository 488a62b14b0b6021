/** The adapters as a whole against a real libvirt. */

import {once} from 'node:events';
import {rm} from 'node:fs/promises';
import net from 'node:net';
import path from 'node:path';
import {afterEach, beforeEach, describe, expect, test} from 'vitest';
import type {Domain} from '../../source/core/model/domain.ts';
import type {Hypervisor} from '../../source/core/model/hypervisor.ts';
import type {Plan} from '../../source/core/model/plan.ts';
import {basisOf} from '../../source/core/planning/basis.ts';
import {step} from '../../source/core/steps/step.ts';
import {openHypervisor} from '../../source/hypervisor/hypervisor.ts';
import {useLab, waitUntil} from '../helpers/lab.ts';
import {atMost} from '../helpers/patience.ts';

// biome-ignore lint/correctness/useHookAtTopLevel: a helper of these tests, not a hook of React
const story = useLab(['web-stopped', 'DBHost', 'chain', 'raw-data', 'odd "names"', 'saved-mail']);

let hypervisor: Hypervisor;

beforeEach(() => {
	hypervisor = openHypervisor({uri: story.lab.uri, receipts: path.join(story.lab.folder, 'receipts')});
});

afterEach(() => hypervisor.close());

function find(name: string): Domain {
	const domain = hypervisor.view().inventory?.domains.find(domain => domain.name === name);
	if (!domain) throw new Error(`${name} is not on view`);
	return domain;
}

const tags = (name: string) => find(name).snapshots.map(snapshot => snapshot.tag);
const complete = () => waitUntil(() => hypervisor.view().inventory !== null && hypervisor.view().pending.size === 0);
/** Wait for the view and say how many milliseconds it took. */
async function timed(condition: () => boolean): Promise<number> {
	const started = performance.now();
	await waitUntil(condition, {every: 5});
	return performance.now() - started;
}

describe('reading once', () => {
	beforeEach(() => hypervisor.refresh());

	test('states, firmware, disks and chains', () => {
		expect(hypervisor.view().connection).toEqual({status: 'connected'});
		expect(find('saved-mail')).toMatchObject({state: 'saved', managedSave: true, id: null});
		expect(find('DBHost')).toMatchObject({
			state: 'running',
			managedSave: false,
			id: expect.any(Number),
			persistent: true,
		});
		expect(find('chain').disks[0]!.chain.map(image => path.basename(image.file))).toEqual([
			'chain.wednesday.qcow2',
			'chain.tuesday.qcow2',
			'chain.monday.qcow2',
			'chain.qcow2',
		]);
		expect(find('raw-data').disks).toMatchObject([
			{format: 'qcow2', unreadable: null},
			{format: 'raw', unreadable: null, chain: [{format: 'raw'}]},
			{device: 'cdrom', source: null, chain: [], unreadable: null},
		]);
	});

	test('no child is left, and the whole took few processes', () => {
		const commands = hypervisor.commandLog();
		expect(commands.filter(({argv}) => argv[0] === 'virsh').length).toBeLessThanOrEqual(3);
		expect(commands.every(({exitCode, changes}) => exitCode === 0 && !changes)).toBe(true);
	});

	test('names that hold newlines are found', async () => {
		await story.virsh('snapshot-create-as', '--domain', 'web-stopped', '--name=first\nsecond\nthird');
		await story.virsh('snapshot-create-as', '--domain', 'web-stopped', '--name=second');
		try {
			await hypervisor.refresh();
			expect(tags('web-stopped')).toEqual(expect.arrayContaining(['first\nsecond\nthird', 'second', 'installed']));
			expect(find('web-stopped').snapshots.find(snapshot => snapshot.tag === 'second')).toMatchObject({current: true});
		} finally {
			await story.virsh('snapshot-delete', '--domain', 'web-stopped', '--snapshotname=second');
			await story.virsh('snapshot-delete', '--domain', 'web-stopped', '--snapshotname=first\nsecond\nthird');
		}
	});

	test('facts: fresh, with folders, inactive XML and snapshot XML', async () => {
		const {uuid} = find('DBHost');
		const facts = await hypervisor.facts(uuid, ['/', '/etc/passwd']);
		expect(facts.domain).toEqual(find('DBHost'));
		expect(facts.domains.map(({name}) => name)).toEqual(hypervisor.view().inventory!.domains.map(({name}) => name));
		expect(Object.keys(facts.directories).sort()).toEqual(['/', path.join(story.lab.folder, 'images')]);
		expect(facts.directories[path.join(story.lab.folder, 'images')]!.entries).toContain('DBHost-vda.qcow2');
		expect(facts.inactiveXml).toMatch(/^<domain type='qemu'>/);
		expect(Object.keys(facts.snapshotXml).sort()).toEqual(['after-upgrade', 'before-upgrade']);
	});

	test('facts of a domain that is not there', async () => {
		await expect(hypervisor.facts('00000000-0000-4000-8000-000000000000')).rejects.toMatchObject({
			name: 'NoDomainError',
		});
	});
});

test('a chain whose base is gone: its upper layers, the reason and a remedy', async () => {
	const base = await story.lab.createImage('gone-base.qcow2');
	const file = story.image('broken.qcow2');
	await story.qemuImg('create', '-q', '-f', 'qcow2', '-b', base, '-F', 'qcow2', file);
	await story.lab.define({name: 'broken', disks: [{target: 'vda', file}]});
	await rm(base);
	try {
		await hypervisor.refresh();
		expect(find('broken').disks[0]).toMatchObject({
			chain: [{file}],
			unreadable: {reason: expect.stringContaining(`backing file ${base}`), remedy: expect.stringContaining('rebase')},
		});
	} finally {
		await story.virsh('undefine', '--domain', 'broken');
	}
});

describe('watching', () => {
	beforeEach(async () => {
		hypervisor.subscribe(() => undefined);
		await complete();
	});

	test('a state that changes is on view within half a second', async () => {
		await story.virsh('suspend', 'DBHost');
		const paused = await timed(() => find('DBHost').state === 'paused');
		await story.virsh('resume', 'DBHost');
		const resumed = await timed(() => find('DBHost').state === 'running');
		// Generous: test machines run other things as well.
		expect(Math.max(paused, resumed)).toBeLessThan(atMost(2));
	});

	test('snapshots of a running domain, by libvirt and by its monitor', async () => {
		await story.virsh('snapshot-create-as', '--domain', 'DBHost', '--name=live');
		await waitUntil(() => tags('DBHost').includes('live'));
		await story.monitor('DBHost', 'savevm by-monitor');
		await waitUntil(() => tags('DBHost').includes('by-monitor'));
		await story.monitor('DBHost', 'delvm by-monitor');
		await waitUntil(() => !tags('DBHost').includes('by-monitor'));
		await story.virsh('snapshot-delete', '--domain', 'DBHost', '--snapshotname=live');
		await waitUntil(() => !tags('DBHost').includes('live'));
	});

	test('what raises no event: a shut-off domain, by libvirt and by qemu-img', async () => {
		await story.virsh('snapshot-create-as', '--domain', 'web-stopped', '--name=quiet');
		await waitUntil(() => tags('web-stopped').includes('quiet'));
		await story.virsh('snapshot-delete', '--domain', 'web-stopped', '--snapshotname=quiet');
		await waitUntil(() => !tags('web-stopped').includes('quiet'));
		await story.qemuImg('snapshot', '-c', 'by hand', find('web-stopped').disks[0]!.source!);
		await waitUntil(() => tags('web-stopped').includes('by hand'));
		await story.qemuImg('snapshot', '-d', 'by hand', find('web-stopped').disks[0]!.source!);
		await waitUntil(() => !tags('web-stopped').includes('by hand'));
	});

	test('domains that come and go', async () => {
		const names = () => hypervisor.view().inventory!.domains.map(({name}) => name);
		await story.lab.define({name: 'brief', disks: [{target: 'vda', file: await story.lab.createImage('brief.qcow2')}]});
		await waitUntil(() => names().includes('brief') && find('brief').disks.length === 1);
		await story.virsh('undefine', '--domain', 'brief');
		await waitUntil(() => !names().includes('brief'));
	});

	test('no listener is called where nothing happens', async () => {
		// What came before may still be settling: two polls in a row have to find nothing.
		let calls = 0;
		const stop = hypervisor.subscribe(() => calls++);
		let before = -1;
		await waitUntil(
			() => {
				const still = calls === before;
				before = calls;
				return still;
			},
			{every: 4500},
		);
		stop();
		expect(hypervisor.view().connection).toEqual({status: 'connected'});
	});
});

test('listeners hear of states before images have been read', async () => {
	const seen: {states: boolean; pending: number}[] = [];
	hypervisor.subscribe(() => {
		const {inventory, pending} = hypervisor.view();
		if (inventory)
			seen.push({states: inventory.domains.some(domain => domain.state === 'running'), pending: pending.size});
	});
	await complete();
	expect(seen[0]).toEqual({states: true, pending: hypervisor.view().inventory!.domains.length});
	expect(seen.at(-1)).toEqual({states: true, pending: 0});
});

test('a connection that breaks: said, the last view kept, and found again by itself', async () => {
	const bridge = await bridgeTo(
		new URL(story.lab.uri).searchParams.get('socket')!,
		path.join(story.lab.folder, 'bridge'),
	);
	const bridged = openHypervisor({uri: `qemu+unix:///session?socket=${bridge.socket}`, receipts: '/nonexistent'});
	bridged.subscribe(() => undefined);
	try {
		await waitUntil(() => bridged.view().inventory !== null && bridged.view().pending.size === 0);
		const {inventory} = bridged.view();
		await bridge.close();
		await waitUntil(() => bridged.view().connection.status === 'lost');
		expect(bridged.view().connection).toMatchObject({reason: expect.stringContaining('Failed to connect socket')});
		expect(bridged.view().inventory).toBe(inventory);
		await bridge.open();
		await story.virsh('suspend', 'DBHost');
		await waitUntil(() => bridged.view().connection.status === 'connected');
		await waitUntil(() =>
			bridged.view().inventory!.domains.some(({name, state}) => name === 'DBHost' && state === 'paused'),
		);
		await story.virsh('resume', 'DBHost');
		await waitUntil(() =>
			bridged.view().inventory!.domains.some(({name, state}) => name === 'DBHost' && state === 'running'),
		);
	} finally {
		await bridged.close();
		await bridge.close();
	}
});

/** A way to libvirt that can be torn down and put up again. */
async function bridgeTo(target: string, socket: string) {
	const ends = new Set<net.Socket>();
	let server: net.Server | null = null;
	async function open(): Promise<void> {
		server = net.createServer(near => {
			const far = net.connect(target);
			for (const end of [near, far]) {
				ends.add(end);
				end.on('error', () => end.destroy()).on('close', () => ends.delete(end));
			}

			near.pipe(far).pipe(near);
		});
		server.listen(socket);
		await once(server, 'listening');
	}

	async function close(): Promise<void> {
		const closing = server;
		server = null;
		for (const end of ends) end.destroy();
		if (closing) await new Promise(resolve => closing.close(resolve));
	}

	await open();
	return {socket, open, close};
}

test('a libvirt that is not there: said with its words, tried again, and no inventory', async () => {
	const nowhere = openHypervisor({uri: 'qemu+unix:///session?socket=/nonexistent', receipts: '/nonexistent'});
	await nowhere.refresh();
	expect(nowhere.view()).toMatchObject({
		connection: {
			status: 'lost',
			reason: expect.stringContaining('/nonexistent'),
			remedy: expect.stringContaining('Start libvirt'),
			retryAt: expect.any(String),
		},
		inventory: null,
	});
	await nowhere.close();
});

test('a plan is carried out, its receipt kept, and its result on view', async () => {
	await hypervisor.refresh();
	const {uuid, disks} = find('raw-data');
	const file = disks[0]!.source!;
	const plan: Plan = {
		verb: 'create',
		domain: {uuid, name: 'raw-data'},
		tag: 'planned',
		method: 'qemu-img',
		why: '',
		consistency: 'shut off',
		pause: '',
		steps: [step({kind: 'image-snapshot', action: 'create', tag: 'planned', file}, {title: 'Create'})],
		losses: [],
		warnings: [],
		wayBack: '',
		onFailure: 'undo',
		confirm: null,
		basis: basisOf(await hypervisor.facts(uuid)),
		expect: [],
	};
	const receipt = await hypervisor.carryOut(plan);
	expect(receipt.status).toBe('verified');
	expect(tags('raw-data')).toContain('planned');
	expect(await hypervisor.receipts()).toEqual([receipt]);
	expect(hypervisor.commandLog().filter(({changes}) => changes)).toMatchObject([{argv: plan.steps[0]!.argv}]);
	expect((await hypervisor.carryOut(plan)).status).toBe('stale');
	expect(await story.tags(file)).toEqual(expect.arrayContaining(['planned']));
	expect((await hypervisor.receipts()).map(({status}) => status)).toEqual(['stale', 'verified']);
});
