/** Operations found at the start, followed, cancelled, and recovered where they were interrupted. */

import {afterEach, expect, test} from 'vitest';
import type {Intent} from '../../source/core/model/intent.ts';
import type {Plan} from '../../source/core/model/plan.ts';
import type {Receipt} from '../../source/core/model/receipt.ts';
import type {Recovery} from '../../source/core/recover/recovery.ts';
import {byVirsh} from '../../source/core/steps/hints.ts';
import {step} from '../../source/core/steps/step.ts';
import {remedy} from '../../source/core/words/remedy.ts';
import {performer} from '../../source/ui/effects.ts';
import {workLines} from '../../source/ui/operations/progress.ts';
import type {Action} from '../../source/ui/state/actions.ts';
import {makeTheme} from '../../source/ui/terminal/theme.ts';
import {planFor} from '../facts/plan.ts';
import {domains, factsOf} from './domains.ts';
import {connected, fakeHypervisor, type Past, receiptOf} from './fake-hypervisor.ts';
import {type Opened, open} from './open.ts';
import {quietInputs} from './quiet-inputs.ts';

const planOf = (name: string, intent: Intent): Plan =>
	planFor(factsOf(domains.find(domain => domain.name === name)!.uuid), intent);

const plan = planOf('web', {verb: 'create', tag: 'upgraded'});

const running = (values: Partial<Receipt> = {}): Receipt => {
	const receipt = receiptOf(values.plan ?? plan);
	const steps = receipt.steps.map((record, index, {length}) => ({
		...record,
		status: index === length - 1 ? ('running' as const) : ('done' as const),
		startedAt: receipt.startedAt,
		endedAt: index === length - 1 ? null : receipt.startedAt,
	}));
	return {...receipt, steps, progress: {doneBytes: 460 * 1024 ** 2, totalBytes: 1024 ** 3}, ...values};
};

const closed = (values: Partial<Receipt> = {}): Receipt => ({
	...receiptOf(plan),
	status: 'verified',
	endedAt: '2026-11-23T14:30:02Z',
	...values,
});

const partly: Recovery = {
	verdict: 'partly',
	summary: 'The operation was interrupted and may be partly done.',
	findings: ['/var/lib/libvirt/images/web.upgraded.qcow2 exists, and nothing uses it.'],
	choices: [
		{
			id: 'way-back',
			label: 'Roll back to the previous state',
			plan: {...plan, why: 'What it made is taken away again.'},
		},
		{
			id: 'leave',
			label: 'Leave everything as it is and close the record',
			status: 'failed',
			message: 'The operation was interrupted and left as it was found.',
		},
	],
	refusals: [
		{
			id: 'go-on',
			refusal: {code: 'file-exists', reason: 'The file would be in the way.', remedy: 'Roll back first.'},
		},
	],
};

let ui: Opened;
const start = (past: Past) => {
	ui = open(undefined, undefined, fakeHypervisor(connected, past));
	return ui.expects('web');
};
afterEach(() => ui?.close());

test('one that is under way is followed, with how long and how far', async () => {
	await start({unfinished: [{receipt: running(), state: 'running'}]});
	await ui.expects('create upgraded on web under way: step 3 of 3, 12 s, 44 % (o shows it)');
	ui.press('outcome');
	await ui.expects('Elapsed');
	await ui.frame('following');
	ui.fake.carried[0]!.finish(closed({id: running().id}));
	await ui.expects('Done and verified');
});

test('on a small screen no word of how it stands is cut off', async () => {
	ui = open(
		{columns: 60, rows: 16},
		undefined,
		fakeHypervisor(connected, {unfinished: [{receipt: running(), state: 'running'}]}),
	);
	await ui.expects('web');
	ui.press('outcome');
	await ui.expects('the operation\n continues.');
});

test('it is cancelled only after being asked', async () => {
	const one = running();
	await start({unfinished: [{receipt: one, state: 'running'}]});
	ui.press('outcome');
	await ui.expects('Elapsed');
	ui.press('cancel', 'cancel');
	ui.enter();
	await ui.expects('Cancel it?');
	await ui.frame('cancel');
	ui.press('back');
	await ui.expects('c cancel');
	expect(ui.fake.cancelled).toEqual([]);
	ui.press('cancel', 'cancel-confirmed');
	await ui.expects('requested: this step is being aborted');
	expect(ui.fake.cancelled).toEqual([one.id]);
	ui.fake.carried[0]!.finish({
		...one,
		status: 'undone',
		cancelled: true,
		steps: one.steps.map(step =>
			step.status === 'running'
				? {...step, status: 'failed' as const, exitCode: 1, stderr: 'error: operation aborted'}
				: step,
		),
		message: 'Cancelled in step 3 of 3 (Create snapshot upgraded): operation aborted. Everything is as it was before.',
		endedAt: '2026-11-23T14:30:15Z',
	});
	await ui.expects('things are as before');
	await ui.frame('cancelled');
});

test('a shutdown is not called done: the guest was only asked', async () => {
	const asked = closed({plan: planOf('web', {verb: 'shutdown'})});
	await start({receipts: [asked]});
	await ui.expects('Last: shutdown of web: shutdown requested; X forces it off');
	ui.press('outcome');
	expect(await ui.expects('Shutdown requested')).not.toContain('Done and verified');
});

test('what takes another back is not called by its name alone', async () => {
	await start({unfinished: [{receipt: running({recovers: 'another'}), state: 'running'}]});
	await ui.expects('recovery of create upgraded on web under way');
	ui.press('outcome');
	await ui.expects('▸ recovery of create upgraded on web ─');
});

test('what is only being read back cannot be cancelled', async () => {
	const one = running();
	const steps = one.steps.map(step => ({...step, status: 'done' as const}));
	await start({unfinished: [{receipt: {...one, steps}, state: 'running'}]});
	ui.press('outcome');
	expect(await ui.expects('Verifying the result')).not.toContain('c cancel');
	ui.press('cancel');
	await ui.expects('cannot be aborted');
});

test('a last step that cannot be broken off is not cancelled, and the key says why', async () => {
	const quick = planOf('web', {verb: 'create', tag: 'upgraded', method: 'external-live'});
	await start({unfinished: [{receipt: running({plan: quick}), state: 'running'}]});
	ui.press('outcome');
	await ui.expects('Elapsed');
	ui.press('cancel');
	await ui.expects('the last step cannot be aborted');
	expect(ui.fake.cancelled).toEqual([]);
});

test('a merge says what breaking it off costs', async () => {
	const on = {uri: null, uuid: 'x'};
	const merge = step(
		{kind: 'live-merge', on, target: 'vda', top: '/o', base: '/b', range: 'one'},
		{title: plan.steps[0]!.title},
	);
	await start({
		unfinished: [{receipt: running({plan: {...plan, verb: 'delete', steps: [merge, merge]}}), state: 'running'}],
	});
	ui.press('outcome');
	await ui.expects('Elapsed');
	ui.press('cancel');
	await ui.expects('Cancel it? y aborts now (the snapshot becomes unusable), n continues.');
});

test('another domain can be worked on meanwhile, the same one cannot', async () => {
	await start({unfinished: [{receipt: running(), state: 'running'}]});
	await ui.expects('under way');
	ui.press('create');
	await ui.expects('is still under way');
	ui.press('down', 'down', 'down', 'create');
	await ui.expects('clone: create a snapshot');
});

test('quitting says that the operation keeps running', async () => {
	await start({unfinished: [{receipt: running(), state: 'running'}]});
	await ui.expects('under way');
	ui.press('quit');
	await ui.expects('create upgraded on web keeps running when you quit');
	ui.press('quit');
	await ui.exited;
	expect(ui.raw()).toContain(`Start virsnap again to see it, or: virsnap log ${running().id}`);
});

test('how the last one ended is said at the start, and o shows it', async () => {
	await start({receipts: [closed()]});
	await ui.expects('Last: create upgraded on web: done and verified');
	ui.press('outcome');
	await ui.expects('Done and verified');
});

test('what ended on another connection is none of this one', async () => {
	const made = planOf('web', {verb: 'suspend'});
	const [step] = made.steps;
	const on = {uri: 'qemu+ssh://root@other/system', uuid: made.domain.uuid};
	const elsewhere = {...made, steps: [{...step!, does: {...step!.does, on}}]} as typeof made;
	const failed = closed({plan: elsewhere, status: 'failed', endedAt: '2026-11-23T14:30:09Z'});
	await start({receipts: [failed, closed()]});
	await ui.expects('Last: create upgraded on web: done and verified');
});

test('what ended days ago is no news', async () => {
	await start({receipts: [closed({endedAt: '2026-11-20T14:30:02Z'})]});
	expect(await ui.screen()).not.toContain('Last:');
});

test('a finished operation is undone by a plan that is reviewed like any other', async () => {
	const made = planOf('web', {verb: 'suspend'});
	const paused = domains.map(one => (one.name === 'web' ? {...one, state: 'paused' as const} : one));
	const view = {...connected, inventory: {...connected.inventory!, domains: paused}};
	ui = open(undefined, undefined, fakeHypervisor(view, {receipts: [closed({plan: made})]}));
	await ui.expects('Last: suspend of web: done and verified');
	ui.press('outcome', 'undo');
	await ui.expects(/Resume web[\s\S]*Press Enter/);
	await ui.frame('undo');
	ui.enter();
	await ui.expects('Checking');
	expect(ui.fake.carried).toMatchObject([{plan: {verb: 'resume'}}]);
});

test('an operation that cannot be undone says so, and undo is refused where the domain has changed since', async () => {
	const forced = planOf('web', {verb: 'destroy'});
	await start({receipts: [closed({plan: forced})]});
	ui.press('outcome', 'undo');
	await ui.expects('This operation cannot be undone.');
	await ui.close();
	await start({receipts: [closed()]});
	ui.press('outcome', 'undo');
	await ui.expects('The domain has changed since');
});

test('from one that failed the key leads to what can be done', async () => {
	await start({receipts: [closed({status: 'failed', message: 'Step 1 of 1 failed.'})], recovery: partly});
	await ui.expects('Last: create upgraded on web: FAILED');
	ui.press('outcome', 'undo');
	await ui.expects('create upgraded on web failed');
	await ui.expects('Choose what to do');
});

test('operations of other days are behind the last one', async () => {
	const before = planOf('db', {verb: 'resume'});
	const old = closed({id: 'old', plan: before, endedAt: '2026-11-20T14:30:02Z'});
	await start({receipts: [closed(), old]});
	ui.press('outcome');
	await ui.expects('create upgraded on web  (2 of 2)');
	ui.press('next-outcome');
	await ui.expects('resume of db  (1 of 2)');
});

test('an interrupted operation says so, and its choices lead to a review', async () => {
	await start({unfinished: [{receipt: running(), state: 'cut-off'}], recovery: partly});
	await ui.expects('was interrupted: u shows the choices');
	await ui.frame('cut-off');
	ui.press('recover');
	await ui.expects('Choose what to do');
	await ui.frame('recovery');
	ui.enter(3);
	await ui.expects('step 2 of 2');
	expect(ui.fake.recovered).toEqual([]);
	await ui.expects('Press Enter');
	ui.enter();
	await ui.expects('Checking');
	expect(ui.fake.recovered).toEqual(['way-back']);
	ui.fake.carried[0]!.finish(closed({id: 'another', recovers: running().id}));
	await ui.expects('Done and verified');
	ui.press('back');
	await ui.expects('Domains 5');
	expect(await ui.screen()).not.toContain('cut off');
});

test('leaving it closes the receipt and runs nothing', async () => {
	await start({unfinished: [{receipt: running(), state: 'cut-off'}], recovery: partly});
	await ui.expects('was interrupted');
	ui.press('recover', 'down', 'choose');
	await ui.expects(/No command is run[\s\S]*Press Enter/);
	await ui.frame('recovery-leave');
	ui.enter();
	await ui.expects('Closed: The operation was interrupted and left as it was found.');
	expect(ui.fake.carried).toEqual([]);
	expect(ui.fake.recovered).toEqual(['leave']);
});

test('a choice that is not possible says why, and cannot be taken', async () => {
	await start({unfinished: [{receipt: running(), state: 'cut-off'}], recovery: partly});
	await ui.expects('was interrupted');
	ui.press('recover', 'down', 'down');
	await ui.expects('The file would be in the way');
	ui.enter();
	await ui.expects('Not here: The file would be in the way.');
});

test('the remedy of a choice that is not possible names the key that does it', async () => {
	const {domain, host} = factsOf(plan.domain.uuid);
	const next = remedy`Shut it down first ${byVirsh(host, 'shutdown', domain)}.`;
	const refusal = {code: 'wrong-state', reason: 'The domain is active.', remedy: next} as const;
	const recovery = {...partly, refusals: [{id: 'go-on', refusal}] as const};
	await start({unfinished: [{receipt: running(), state: 'cut-off'}], recovery});
	await ui.expects('was interrupted');
	ui.press('recover', 'down', 'down');
	await ui.expects('The domain is active.');
	await ui.frame('recovery-remedy');
});

test('a domain with an interrupted operation warns before the next plan', async () => {
	await start({unfinished: [{receipt: running(), state: 'cut-off'}], recovery: partly});
	await ui.expects('was interrupted');
	ui.press('create');
	await ui.expects('This domain has an interrupted create');
});

test('an operation that is interrupted while it is followed is offered for recovery', async () => {
	await start({unfinished: [{receipt: running(), state: 'running'}]});
	await ui.expects('under way');
	ui.fake.carried[0]!.finish(running({status: 'failed'}));
	await ui.expects('interrupted, u shows the choices');
});

test('what ends while the receipts are read is told as it ended', async () => {
	const found: Action[] = [];
	const answers = [[running()], [closed({id: running().id})]];
	const {hypervisor} = fakeHypervisor();
	const perform = performer({
		...quietInputs,
		hosts: [
			{
				name: null,
				hypervisor: {...hypervisor, receipts: async () => answers.shift()!, unfinished: async () => []},
			},
		],
		tell: action => found.push(action),
	});
	perform({type: 'look-back'});
	await expect
		.poll(() => found)
		.toMatchObject([{type: 'found', unfinished: [], past: [{status: 'verified'}], since: '2026-11-22T14:30:12.000Z'}]);
});

test('a step is not called running once its process is gone', () => {
	const work = {
		key: 1,
		host: null,
		plan,
		receipt: running(),
		finished: true,
		cancelled: false,
		failure: null,
		mark: null,
	};
	const {glyphs} = makeTheme({LANG: 'C.UTF-8'});
	const lines = workLines(work, {now: null, glyphs}, 80).map(line => line.map(({text}) => text).join(''));
	expect(lines[2]).toContain('unknown');
	expect(lines.join('\n')).toContain('INTERRUPTED');
	expect(workLines({...work, finished: false}, {now: null, glyphs}, 80)[2]![1]!.text).toContain('running');
});
