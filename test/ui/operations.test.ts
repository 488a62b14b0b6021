/** Operations found at the start, followed, cancelled, and recovered where they were cut off. */

import {afterEach, expect, test} from 'vitest';
import {makePlan} from '../../source/core/make-plan.ts';
import type {Intent} from '../../source/core/model/intent.ts';
import type {Plan} from '../../source/core/model/plan.ts';
import type {Receipt} from '../../source/core/model/receipt.ts';
import type {Recovery} from '../../source/core/recover/recovery.ts';
import {byVirsh} from '../../source/core/steps/hints.ts';
import {step} from '../../source/core/steps/step.ts';
import {remedy} from '../../source/core/words/remedy.ts';
import {performer} from '../../source/ui/effects.ts';
import type {Action} from '../../source/ui/state/actions.ts';
import {domains, factsOf} from './facts.ts';
import {connected, fakeHypervisor, type Past, receiptOf} from './fake-hypervisor.ts';
import {golden} from './frame.ts';
import {type Opened, open} from './open.ts';

const planOf = (name: string, intent: Intent): Plan => {
	const outcome = makePlan(factsOf(domains.find(domain => domain.name === name)!.uuid), intent);
	if ('refusal' in outcome) throw new Error(outcome.refusal.reason);
	return outcome.plan;
};

const plan = planOf('web', {verb: 'create', tag: 'upgraded'});

const running = (values: Partial<Receipt> = {}): Receipt => {
	const receipt = receiptOf(values.plan ?? plan);
	const steps = receipt.steps.map(record => ({...record, status: 'running' as const, startedAt: receipt.startedAt}));
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
	findings: ['/var/lib/libvirt/images/web.upgraded.qcow2 is there, and nothing uses it.'],
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

let t: Opened;
const start = (past: Past) => {
	t = open(undefined, undefined, fakeHypervisor(connected, past));
	return t.waitFor('web');
};
afterEach(async () => {
	t.ui.instance.unmount();
	await t.ui.exited;
});

test('one that is under way is followed, with how long and how far', async () => {
	await start({unfinished: [{receipt: running(), state: 'running'}]});
	await t.waitFor('create upgraded on web under way: step 1 of 1, 12 s, 44 % (o shows it)');
	t.write('o');
	await golden(await t.waitFor('Elapsed'), 'following-80x24');
	t.fake.carried[0]!.finish(closed({id: running().id}));
	await t.waitFor('Done and verified');
});

test('it is cancelled only after being asked', async () => {
	const one = running();
	await start({unfinished: [{receipt: one, state: 'running'}]});
	t.write('o');
	await t.waitFor('Elapsed');
	t.write('cc\r');
	await golden(await t.waitFor('Cancel it?'), 'cancel-80x24');
	t.write('n');
	await t.waitFor('c cancel');
	expect(t.fake.cancelled).toEqual([]);
	t.write('cy');
	await t.waitFor('requested: this step is being aborted');
	expect(t.fake.cancelled).toEqual([one.id]);
	t.fake.carried[0]!.finish({
		...one,
		status: 'undone',
		cancelled: true,
		steps: one.steps.map(step => ({
			...step,
			status: 'failed' as const,
			exitCode: 1,
			stderr: 'error: operation aborted',
		})),
		message: 'Cancelled in step 1 of 1 (Create snapshot upgraded): operation aborted. Everything is as it was before.',
		endedAt: '2026-11-23T14:30:15Z',
	});
	await golden(await t.waitFor('things are as before'), 'cancelled-80x24');
});

test('a shutdown is not called done: the guest was only asked', async () => {
	const asked = closed({plan: planOf('web', {verb: 'shutdown'})});
	await start({receipts: [asked]});
	await t.waitFor('Last: shutdown of web: shutdown requested; X forces it off');
	t.write('o');
	expect(await t.waitFor('Shutdown requested')).not.toContain('Done and verified');
});

test('what takes another back is not called by its name alone', async () => {
	await start({unfinished: [{receipt: running({recovers: 'another'}), state: 'running'}]});
	await t.waitFor('recovery of create upgraded on web under way');
	t.write('o');
	await t.waitFor('▸ recovery of create upgraded on web ─');
});

test('what is only being read back cannot be cancelled', async () => {
	const one = running();
	const steps = one.steps.map(step => ({...step, status: 'done' as const}));
	await start({unfinished: [{receipt: {...one, steps}, state: 'running'}]});
	t.write('o');
	expect(await t.waitFor('Verifying the result')).not.toContain('c cancel');
	t.write('c');
	await t.waitFor('cannot be aborted');
});

test('a last step that cannot be broken off is not cancelled, and the key says why', async () => {
	const quick = planOf('web', {verb: 'create', tag: 'upgraded', method: 'external-live'});
	await start({unfinished: [{receipt: running({plan: quick}), state: 'running'}]});
	t.write('o');
	await t.waitFor('Elapsed');
	t.write('c');
	await t.waitFor('the last step cannot be aborted');
	expect(t.fake.cancelled).toEqual([]);
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
	t.write('o');
	await t.waitFor('Elapsed');
	t.write('c');
	await t.waitFor('Cancel it? y aborts now (the snapshot becomes unusable), n continues.');
});

test('another domain can be worked on meanwhile, the same one cannot', async () => {
	await start({unfinished: [{receipt: running(), state: 'running'}]});
	await t.waitFor('under way');
	t.write('c');
	await t.waitFor('is still under way');
	t.write('jjjc');
	await t.waitFor('clone: create a snapshot');
});

test('quitting says that it goes on', async () => {
	await start({unfinished: [{receipt: running(), state: 'running'}]});
	await t.waitFor('under way');
	t.write('q');
	await t.waitFor('create upgraded on web keeps running when you quit');
	t.write('q');
	await t.ui.exited;
	expect(t.raw()).toContain(`Start virsnap again to see it, or: virsnap log ${running().id}`);
});

test('how the last one ended is said at the start, and o shows it', async () => {
	await start({receipts: [closed()]});
	await t.waitFor('Last: create upgraded on web: done and verified');
	t.write('o');
	await t.waitFor('Done and verified');
});

test('what ended days ago is no news', async () => {
	await start({receipts: [closed({endedAt: '2026-11-20T14:30:02Z'})]});
	expect(await t.screen()).not.toContain('Last:');
});

test('what is done is taken back by a plan that is reviewed like any other', async () => {
	const made = planOf('web', {verb: 'suspend'});
	const paused = domains.map(one => (one.name === 'web' ? {...one, state: 'paused' as const} : one));
	const view = {...connected, inventory: {...connected.inventory!, domains: paused}};
	t = open(undefined, undefined, fakeHypervisor(view, {receipts: [closed({plan: made})]}));
	await t.waitFor('Last: suspend of web: done and verified');
	t.write('ou');
	await golden(await t.waitFor('Resume web'), 'undo-80x24');
	await t.waitFor('Press Enter');
	t.write('\r');
	await t.waitFor('Checking');
	expect(t.fake.carried).toMatchObject([{plan: {verb: 'resume'}}]);
});

test('what has no way back says so, and what moved on since is refused', async () => {
	const forced = planOf('web', {verb: 'destroy'});
	await start({receipts: [closed({plan: forced})]});
	t.write('ou');
	await t.waitFor('This operation cannot be undone.');
	t.ui.instance.unmount();
	await start({receipts: [closed()]});
	t.write('ou');
	await t.waitFor('The domain has changed since');
});

test('from one that failed the key leads to what can be done', async () => {
	await start({receipts: [closed({status: 'failed', message: 'Step 1 of 1 failed.'})], recovery: partly});
	await t.waitFor('Last: create upgraded on web: FAILED');
	t.write('ou');
	await t.waitFor('create upgraded on web failed');
	await t.waitFor('Choose what to do');
});

test('operations of other days are behind the last one', async () => {
	const before = planOf('db', {verb: 'resume'});
	const old = closed({id: 'old', plan: before, endedAt: '2026-11-20T14:30:02Z'});
	await start({receipts: [closed(), old]});
	t.write('o');
	await t.waitFor('create upgraded on web  (2 of 2)');
	t.write('\t');
	await t.waitFor('resume of db  (1 of 2)');
});

test('one that was cut off says so, and its choices lead to a review', async () => {
	await start({unfinished: [{receipt: running(), state: 'cut-off'}], recovery: partly});
	await golden(await t.waitFor('was interrupted: u shows the choices'), 'cut-off-80x24');
	t.write('u');
	await golden(await t.waitFor('Choose what to do'), 'recovery-80x24');
	t.write('\r\r\r');
	await t.waitFor('step 2 of 2');
	expect(t.fake.recovered).toEqual([]);
	await t.waitFor('Press Enter');
	t.write('\r');
	await t.waitFor('Checking');
	expect(t.fake.recovered).toEqual(['way-back']);
	t.fake.carried[0]!.finish(closed({id: 'another', recovers: running().id}));
	await t.waitFor('Done and verified');
	t.write('q');
	await t.waitFor('Domains 5');
	expect(await t.screen()).not.toContain('cut off');
});

test('leaving it closes the receipt and runs nothing', async () => {
	await start({unfinished: [{receipt: running(), state: 'cut-off'}], recovery: partly});
	await t.waitFor('was interrupted');
	t.write('uj\r');
	await golden(await t.waitFor('No command is run'), 'recovery-leave-80x24');
	await t.waitFor('Press Enter');
	t.write('\r');
	await t.waitFor('Closed: The operation was interrupted and left as it was found.');
	expect(t.fake.carried).toEqual([]);
	expect(t.fake.recovered).toEqual(['leave']);
});

test('a choice that is not possible says why, and cannot be taken', async () => {
	await start({unfinished: [{receipt: running(), state: 'cut-off'}], recovery: partly});
	await t.waitFor('was interrupted');
	t.write('ujj');
	await t.waitFor('The file would be in the way');
	t.write('\r');
	await t.waitFor('Not here: The file would be in the way.');
});

test('the remedy of a choice that is not possible names the key that does it', async () => {
	const {domain, host} = factsOf(plan.domain.uuid);
	const next = remedy`Shut it down first ${byVirsh(host, 'shutdown', domain)}.`;
	const refusal = {code: 'wrong-state', reason: 'The domain is active.', remedy: next} as const;
	const recovery = {...partly, refusals: [{id: 'go-on', refusal}] as const};
	await start({unfinished: [{receipt: running(), state: 'cut-off'}], recovery});
	await t.waitFor('was interrupted');
	t.write('ujj');
	await golden(await t.waitFor('The domain is active.'), 'recovery-remedy-80x24');
});

test('a domain with something cut off warns before the next plan', async () => {
	await start({unfinished: [{receipt: running(), state: 'cut-off'}], recovery: partly});
	await t.waitFor('was interrupted');
	t.write('c');
	await t.waitFor('A create was interrupted on this domain');
});

test('one that is cut off while it is followed is offered for recovery', async () => {
	await start({unfinished: [{receipt: running(), state: 'running'}]});
	await t.waitFor('under way');
	t.fake.carried[0]!.finish(running({status: 'failed'}));
	await t.waitFor('interrupted, u shows the choices');
});

test('what ends while the receipts are read is told as it ended', async () => {
	const found: Action[] = [];
	const answers = [[running()], [closed({id: running().id})]];
	const {hypervisor} = fakeHypervisor();
	const perform = performer({
		hypervisor: {...hypervisor, receipts: async () => answers.shift()!, unfinished: async () => []},
		dispatch: action => found.push(action),
		copy() {},
		suspend() {},
		quit() {},
		now: () => '2026-11-23T14:30:12Z',
	});
	perform({type: 'look-back'});
	await expect
		.poll(() => found)
		.toMatchObject([{type: 'found', unfinished: [], past: [{status: 'verified'}], news: true}]);
});
