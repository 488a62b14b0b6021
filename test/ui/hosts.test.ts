/** Several hosts in one screen. */
import process from 'node:process';
import {afterEach, describe, expect, test, vi} from 'vitest';
import type {Contact, FileSystem, View} from '../../source/core/model/hypervisor.ts';
import {performer} from '../../source/ui/effects.ts';
import type {Action} from '../../source/ui/state/actions.ts';
import {connected, fakeHypervisor} from './fake-hypervisor.ts';
import {type Opened, open} from './open.ts';
import {begin, press} from './play.ts';
import {quietInputs} from './quiet-inputs.ts';
import {lost, mail, viewOf, views} from './several-hosts.ts';

let ui: Opened | undefined;
afterEach(async () => {
	await ui?.close();
	ui = undefined;
});
describe('on screen', () => {
	const wide = {columns: 100, rows: 30};

	function openHosts(
		all: Readonly<Record<string, View>>,
		told: Readonly<Record<string, {contact?: Contact; fileSystems?: readonly FileSystem[]}>> = {},
		size = wide,
	) {
		const fakes = Object.entries(all).map(([name, view]) => ({name, fake: fakeHypervisor(view)}));
		const hosts = fakes.map(({name, fake}) => ({
			name,
			uri: `qemu+ssh://${name}/system`,
			hypervisor: {
				...fake.hypervisor,
				contact: async () => told[name]?.contact ?? null,
				fileSystems: async () => told[name]?.fileSystems ?? [],
			},
		}));
		ui = open(size, undefined, fakes[0]!.fake, undefined, hosts);
		return {ui, fakes: Object.fromEntries(fakes.map(({name, fake}) => [name, fake]))};
	}

	test('one list, each domain with its host', async () => {
		const {ui} = openHosts(views, {}, {columns: 80, rows: 24});
		await ui.expects('mail');
		await ui.frame('hosts');
		ui.press('down', 'down', 'create');
		await ui.expects(/h2\/web: create a snapshot[\s\S]*Enter continue/);
		await ui.frame('hosts-create');
	});

	test.each([
		['folded', {columns: 80, rows: 24}],
		['folded-small', {columns: 60, rows: 16}],
	] as const)('%s: a host in one row', async (name, size) => {
		const {ui} = openHosts({...views, h3: lost(viewOf(mail), 'Connection refused')}, {}, size);
		await ui.expects('mail');
		ui.press('fold-all');
		await ui.expects(/folded/);
		await ui.frame(`hosts-${name}`);
		ui.press('last');
		await ui.expects('stale');
		ui.press('first', 'details');
		await ui.expects(/Snapshots of h1\/web/);
		await ui.frame(`hosts-${name}-one`);
	});

	test('a host that is lost is told, and its domains are stale', async () => {
		const {ui, fakes} = openHosts(views);
		await ui.expects('mail');
		ui.press('down', 'down');
		await ui.expects('Snapshots of h2/web');
		fakes.h2!.show(lost(views.h2, 'Connection refused'));
		await ui.expects('stale');
		await ui.frame('hosts-lost');
		fakes.h2!.show(views.h2);
		await ui.expects('2 hosts: 2 connected');
	});

	test('a host that is back is asked for its receipts, and no other one is', async () => {
		const asked: string[] = [];
		const fakes = Object.entries(views).map(([name, view]) => ({name, fake: fakeHypervisor(view)}));
		const hosts = fakes.map(({name, fake}) => ({
			name,
			uri: `qemu+ssh://${name}/system`,
			hypervisor: {
				...fake.hypervisor,
				async receipts() {
					asked.push(name);
					return [];
				},
			},
		}));
		ui = open(wide, undefined, fakes[0]!.fake, undefined, hosts);
		await ui.expects('mail');
		expect(asked).toEqual(['h1', 'h2']);
		fakes[1]!.fake.show(lost(views.h2, 'Connection refused'));
		await ui.expects('stale');
		fakes[1]!.fake.show(views.h2);
		await ui.expects('2 hosts: 2 connected');
		expect(asked).toEqual(['h1', 'h2', 'h2']);
	});

	test('hundreds of hosts that answer in one moment are all on the screen', async () => {
		const names = Array.from({length: 300}, (_, index) => `h${index + 100}`);
		const unknown: View = {connection: {status: 'connecting'}, inventory: null, pending: new Set()};
		const {ui, fakes} = openHosts(Object.fromEntries(names.map(name => [name, unknown])));
		await ui.expects('300 hosts: 300 connecting');
		for (const name of names) fakes[name]!.show(viewOf(mail));
		await ui.expects('300 hosts: 300 connected');
		await ui.expects('Domains 300');
	});

	const room = (folder: string, gigabytes: number): FileSystem => ({
		folder,
		freeBytes: gigabytes * 1024 ** 3,
		bytes: 4 * 1024 ** 4,
	});

	test('H shows how each is, why, and when it is tried again', async () => {
		const unknown: View = {connection: {status: 'connecting'}, inventory: null, pending: new Set()};
		const {ui} = openHosts(
			{
				...views,
				h3: {...viewOf(mail), connection: {status: 'slow', since: '2026-11-23T14:30:00Z'}},
				h4: unknown,
				h5: lost(viewOf(mail), 'Connection timed out'),
				h6: lost(unknown, 'Host key verification failed.', true),
			},
			{
				h1: {fileSystems: [room('/images', 2048)]},
				h2: {contact: {milliseconds: 12.3, ahead: -65_000}, fileSystems: [room('/srv/fast', 3), room('/images', 900)]},
				h3: {contact: {milliseconds: 2400, ahead: 100}},
			},
		);
		await ui.expects('mail');
		ui.press('hosts');
		await ui.expects(
			/3 GiB +12 ms +65 s behind[\s\S]*3 GiB of 4 TiB are free where \/srv\/fast is[\s\S]*2400 ms +same/,
		);
		await ui.frame('hosts-all');
		ui.press('back');
		await ui.expects('6 hosts: 2 connected, 1 slow, 1 connecting, 1 lost, 1 refused');
	});

	test('a host that needs an answer: the terminal is lent to ssh, which asks there', async () => {
		const asking = (reason: string): View => ({
			connection: {
				status: 'lost',
				reason,
				remedy: 'Put your key there (ssh-copy-id root@h4) or into your agent (ssh-add).',
				retryAt: '2026-11-23T14:31:00Z',
				refused: true,
				asks: true,
			},
			inventory: null,
			pending: new Set(),
		});
		const denied = 'root@h4: Permission denied (publickey,password).';
		const {ui, fakes} = openHosts(
			{...views, h3: lost(viewOf(mail), 'Connection timed out'), h4: asking(denied)},
			{},
			{columns: 80, rows: 24},
		);
		const at: [string, boolean][] = [];
		const given = fakes.h4!.answers;
		let late: (words: Uint8Array) => void = () => {};
		given.answer = async ({tell, givenUp}) => {
			tell(Buffer.from('Only for staff.\n'));
			await ui.expects('Only for staff.');
			at.push([await ui.screen(), ui.isAlternate()]);
			late = tell;
			process.emit('SIGINT');
			if (givenUp.aborted) throw new Error('You gave up connecting to root@h4.');
		};
		await ui.expects('h4 needs an answer: a lets ssh ask for it');
		await ui.frame('hosts-asking-list');
		ui.press('hosts');
		await ui.expects(/❯ h4 +asking/);
		await ui.frame('hosts-asking');
		ui.press('answer');
		await ui.expects('h4: You gave up connecting to root@h4.');
		expect(at).toEqual([
			[expect.stringMatching(/ssh connects to h4, .* Ctrl-C gives it up\.\n.*Only for staff/), false],
		]);
		late(Buffer.from('too late'));
		expect(ui.raw()).not.toContain('too late');
		given.answer = async () => fakes.h4!.show(viewOf(mail));
		ui.press('answer');
		await ui.expects('h4 is connected.');
		ui.press('answer');
		await ui.expects('this host asks for nothing');
		ui.press('first', 'down', 'down');
		await ui.expects('❯ h3');
		ui.press('up');
		await ui.expects('❯ h2');
		ui.press('back', 'answer');
		await ui.expects('no host asks for anything');
		fakes.h1!.show({...asking('Permission denied'), inventory: views.h1.inventory});
		ui.press('first', 'fold');
		await ui.expects(/h1 +asking[\s\S]*a lets ssh ask for it/);
	});

	test('one alone that needs an answer once its connection is lost has the key as well', () => {
		const asked = {
			...lost(connected, 'Permission denied'),
			connection: {...lost(connected, '').connection, asks: true},
		};
		expect(press(begin(asked as View), 'a').effects).toEqual([{type: 'let-ask', host: null}]);
	});

	test('the log says where a command was run', async () => {
		const {ui, fakes} = openHosts(views);
		await ui.expects('mail');
		const entry = {milliseconds: 3, exitCode: 0, error: '', changes: true};
		fakes.h1!.log.push({...entry, at: '2026-11-23T14:30:02Z', argv: ['virsh', 'second']});
		fakes.h2!.log.push({...entry, at: '2026-11-23T14:30:01Z', argv: ['virsh', 'first']});
		ui.press('log');
		await ui.expects(/h2: virsh first[\s\S]*h1: virsh second/);
	});
});

test('hosts that are silent hold up no other one that is asked', async () => {
	const contact = {milliseconds: 1, ahead: 0};
	const silent = {...fakeHypervisor().hypervisor, contact: () => new Promise<never>(() => {})};
	const answering = {...silent, contact: async () => contact};
	const told: Action[] = [];
	const perform = performer({
		...quietInputs,
		hosts: [
			...Array.from({length: 40}, (_, index) => ({name: `h${index}`, hypervisor: silent})),
			{name: 'last', hypervisor: answering},
		],
		tell: action => told.push(action),
	});
	perform({type: 'ask-hosts'});
	await expect.poll(() => told, {timeout: 5000}).toContainEqual({type: 'contact', host: 'last', contact});
});

test('one that is lost while it waits for its turn is not asked', async () => {
	const silent = {...fakeHypervisor().hypervisor, contact: () => new Promise<never>(() => {})};
	const contact = vi.fn(async () => ({milliseconds: 1, ahead: 0}));
	const waiting = {...silent, view: () => lost(views.h1, 'gone'), contact};
	const behind = {...silent, contact: vi.fn(silent.contact)};
	const ask = performer({
		...quietInputs,
		hosts: [
			...Array.from({length: 20}, (_, index) => ({name: `h${index}`, hypervisor: silent})),
			{name: 'lost', hypervisor: waiting},
			{name: 'behind', hypervisor: behind},
		],
	});
	waiting.view = () => views.h1;
	ask({type: 'ask-hosts'});
	waiting.view = () => lost(views.h1, 'gone');
	await expect.poll(() => behind.contact.mock.calls.length, {timeout: 5000}).toBe(1);
	expect(contact).not.toHaveBeenCalled();
});
