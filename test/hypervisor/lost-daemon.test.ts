/** A real daemon stopped or killed in every state of the connection, seen in the UI: it says so, keys answer, it comes back by itself. */
import {existsSync} from 'node:fs';
import {readFile} from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import {afterEach, describe, expect, test} from 'vitest';
import type {Hypervisor} from '../../source/core/model/hypervisor.ts';
import {openHypervisor} from '../../source/hypervisor/hypervisor.ts';
import {procedures} from '../../source/libvirt/wire/procedures.ts';
import {useLab, waitUntil} from '../helpers/lab.ts';
import {atMost} from '../helpers/patience.ts';
import {variants} from '../helpers/variants.ts';
import {socketOf} from '../libvirt/wire/open-wire.ts';
import {startProxy} from '../libvirt/wire/proxy.ts';
import {fakeHypervisor} from '../ui/fake-hypervisor.ts';
import {type Opened, open} from '../ui/open.ts';

// biome-ignore lint/correctness/useHookAtTopLevel: a helper of these tests, not a hook of React
const lab = useLab(['web-stopped', 'paused-build']);

/** Short, so that nobody waits: who is found silent too early connects again. */
const patience = {silence: 200, sign: 400, answer: atMost(20)};

const ending: (() => unknown)[] = [];
afterEach(async () => {
	for (const end of ending.splice(0).reverse()) await end();
});

type Away = 'stopped' | 'killed';

/** What is said of it, wherever a line ends. */
const words: Readonly<Record<Away, RegExp>> = {
	stopped: /does\s+not\s+answer/,
	killed: /End\s+of\s+file|failed\s+to\s+connect|Connection\s+refused/,
};

/** Sends the daemon away at once when called, for as long as until it is called back. */
async function daemon(kind: Away) {
	// One that the test before has killed may not be there again yet, and be a zombie meanwhile.
	const {pid, status} = await waitUntil(async () => {
		const pid = Number(await readFile(path.join(lab.lab.folder, 'libvirtd.pid'), 'utf8'));
		const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => null);
		return status === null || /^State:\tZ/m.test(status) ? null : {pid, status};
	});
	// What starts it again after it was killed.
	const keeper = Number(/^PPid:\t(\d+)/m.exec(status)![1]);
	const halted = kind === 'stopped' ? pid : keeper;
	const back = () => process.kill(halted, 'SIGCONT');
	ending.push(() => {
		// It may have ended by now.
		if (existsSync(`/proc/${halted}`)) back();
	});
	const leave = () => {
		process.kill(halted, 'SIGSTOP');
		if (kind === 'killed') process.kill(pid, 'SIGKILL');
	};
	return {leave, back};
}

/** The UI on the lab's daemon. */
function openUi(uri = lab.lab.uri) {
	const receipts = path.join(lab.lab.folder, 'receipts');
	const hypervisor = openHypervisor({uri, env: lab.lab.env, receipts, patience});
	const ui = open(undefined, undefined, {...fakeHypervisor(), hypervisor});
	ending.push(
		() => hypervisor.close(),
		() => ui.close(),
	);
	return {ui, hypervisor};
}

/** A socket of the daemon; `onAnswer` hears of each of its answers before whoever asked does. */
async function overheard(onAnswer: (procedure: number) => void): Promise<string> {
	const socket = path.join(lab.lab.folder, 'between');
	const proxy = await startProxy(socketOf(lab.lab).socket, socket, (message, number) => {
		onAnswer(number);
		return message;
	});
	ending.push(proxy.stop);
	return `qemu+unix:///session?socket=${encodeURI(socket)}`;
}

const isRead = ({view}: Pick<Hypervisor, 'view'>) => {
	const {connection, inventory, pending} = view();
	return connection.status === 'connected' && inventory !== null && pending.size === 0;
};

async function expectKeysToAnswer(ui: Opened): Promise<void> {
	ui.press('help');
	await ui.expects('Keys');
	ui.key('esc');
	await ui.expects('Domains');
}

/** Everything as it is, and live again. */
async function expectBack(ui: Opened): Promise<void> {
	await ui.expects(/^ virsnap .* libvirt \d[\s\S]*web-stopped +shut off/);
	await lab.virsh('resume', 'paused-build');
	await ui.expects(/paused-build +running/);
	await lab.virsh('suspend', 'paused-build');
	await ui.expects(/paused-build +paused/);
}

/** When it goes: with which of its answers; null: before it was asked anything. */
const states: readonly (readonly [state: string, answer: number | null])[] = [
	['while it is connected to', null],
	['while it looks who is asking', procedures.authenticationList.number],
	['while it is opened', procedures.open.number],
	['while the inventory is read', procedures.domainXml.number],
	['while snapshots are read', procedures.snapshotXml.number],
];
const cases = states.flatMap(([state, answer]) =>
	(['stopped', 'killed'] as const).map(kind => ({state, answer, kind})),
);
/** Those that differ most. */
const usual = variants(
	cases,
	({state, kind}) =>
		state === 'while the inventory is read' || (kind === 'stopped' && state === 'while it is connected to'),
);

test.each(usual)('a daemon that is $kind $state', async ({answer, kind}) => {
	const {leave, back} = await daemon(kind);
	let gone = answer === null;
	if (gone) leave();
	const uri = await overheard(number => {
		if (gone || number !== answer) return;
		gone = true;
		leave();
	});
	const {ui} = openUi(uri);
	await expectKeysToAnswer(ui);
	await ui.expects('CONNECTION LOST');
	await ui.expects(words[kind]);
	await expectKeysToAnswer(ui);
	back();
	await expectBack(ui);
});

describe('a daemon that goes when all is read', () => {
	test.each(['stopped', 'killed'] as const)('%s at rest', async kind => {
		const {leave, back} = await daemon(kind);
		const {ui, hypervisor} = openUi();
		await waitUntil(() => isRead(hypervisor));
		leave();
		await ui.expects('CONNECTION LOST');
		await ui.expects(words[kind]);
		expect(await ui.expects('web-stopped')).toContain('paused-build');
		await expectKeysToAnswer(ui);
		ui.press('create');
		await ui.expects('the connection to libvirt is lost');
		back();
		await expectBack(ui);
	});

	test('stopped while a dialog waits for facts: it says why, and Esc leaves it', async () => {
		const {leave, back} = await daemon('stopped');
		const {ui, hypervisor} = openUi();
		await waitUntil(() => isRead(hypervisor));
		await ui.expects('halfway');
		leave();
		ui.press('create');
		await ui.expects(words.stopped);
		ui.key('esc');
		await ui.expects('Domains');
		back();
		await expectBack(ui);
	});

	test.each(variants(['stopped', 'killed'] as const, kind => kind === 'stopped'))(
		'%s, and the person quits: that waits for nobody',
		async kind => {
			const {leave} = await daemon(kind);
			const {ui, hypervisor} = openUi();
			await waitUntil(() => isRead(hypervisor));
			leave();
			ui.press('refresh', 'quit');
			await ui.exited;
			await hypervisor.close();
		},
	);
});

test('stopped in the middle of an operation: it is told as running, and ends well once the daemon continues', async () => {
	const {leave, back} = await daemon('stopped');
	const {ui, hypervisor} = openUi();
	await waitUntil(() => isRead(hypervisor));
	await ui.expects('web-stopped');
	// Of an earlier try there may be one.
	const known = new Set((await hypervisor.receipts()).map(({id}) => id));
	const receipts = async () => (await hypervisor.receipts()).filter(({id}) => !known.has(id));
	ui.type('/web-stopped\r');
	ui.press('create');
	await ui.expects('step 1 of 4');
	ui.retype('patient');
	ui.enter(3);
	await ui.expects('Press Enter');
	ui.enter();
	await waitUntil(async () => (await receipts()).some(({steps}) => steps[0]!.status !== 'pending'), {every: 1});
	leave();
	await ui.expects('CONNECTION LOST');
	expect(await ui.expects('running')).toContain('create patient on web-stopped');
	ui.key('esc');
	await ui.expects('Domains');
	await expectKeysToAnswer(ui);
	back();
	await waitUntil(async () => (await receipts()).every(({endedAt}) => endedAt !== null));
	// With its message, which says why where it went wrong.
	const ended = (await receipts()).map(({status, message}) => ({status, message}));
	expect(ended).toEqual([{status: 'verified', message: expect.any(String)}]);
	await ui.expects(/patient .* ok/);
});
