import {describe, expect, test} from 'vitest';
import type {Receipt} from '../../source/core/model/receipt.ts';
import {step as stepOf} from '../../source/core/steps/step.ts';
import {carryOut} from '../../source/execute/plan/carry-out.ts';
import {domain} from '../facts/domain.ts';
import {facts} from '../facts/facts.ts';
import {saying} from '../helpers/saying.ts';
import {after, before, fakeWorld, plan, step} from './trial-world.ts';

test('every step is recorded before and after it runs, and the result is read back', async () => {
	const {surroundings, diary} = fakeWorld();
	const receipt = await carryOut(plan(), surroundings);
	expect(diary).toEqual([
		'save running ppp',
		'read',
		'save running rpp',
		'do one',
		'save running dpp',
		'look',
		'save running drp',
		'do two',
		'save running ddp',
		'look',
		'save running ddr',
		'do three',
		'save running ddd',
		'read',
		'save verified ddd',
	]);
	expect(receipt).toMatchObject({
		version: 2,
		id: '20260102T030405-000Z-11111111',
		status: 'verified',
		findings: [],
		undone: [],
		remedy: null,
		startedAt: '2026-01-02T03:04:05.000Z',
		endedAt: expect.any(String),
	});
	expect(receipt.steps[0]).toMatchObject({argv: ['do', 'one'], status: 'done', exitCode: 0, stdout: '', stderr: ''});
});

test('who watches sees each state of the receipt', async () => {
	const {surroundings, saved} = fakeWorld();
	const seen: Receipt[] = [];
	const last = await carryOut(plan(), {...surroundings, onReceipt: receipt => seen.push(receipt)});
	expect(seen).toEqual(saved);
	expect(seen.at(-1)).toBe(last);
});

test('input reaches the command', async () => {
	const {surroundings, diary} = fakeWorld();
	await carryOut(plan({steps: [step('define', {input: '<xml/>'})]}), surroundings);
	expect(diary).toContain('do define < <xml/>');
});

describe('nothing is touched', () => {
	test('where the facts have changed since', async () => {
		const {surroundings, diary} = fakeWorld({reads: [facts({domain: domain({managedSave: true})})]});
		const receipt = await carryOut(plan(), surroundings);
		expect(receipt).toMatchObject({
			status: 'stale',
			findings: ['Changed: managed save: was no, is yes.'],
			remedy: saying(''),
		});
		expect(diary).toEqual(['save running ppp', 'read', 'save stale ppp']);
	});

	test('where the facts cannot be read', async () => {
		const {surroundings, diary} = fakeWorld({reads: [new Error('locked out')]});
		expect(await carryOut(plan(), surroundings)).toMatchObject({
			status: 'stale',
			message: 'Nothing was touched: locked out',
			remedy: 'Unlock it.',
		});
		expect(diary.filter(line => line.startsWith('do'))).toEqual([]);
	});

	test('where no receipt can be written', async () => {
		const {surroundings, diary} = fakeWorld({diskFullAt: 0});
		await expect(carryOut(plan(), surroundings)).rejects.toThrow('disk full');
		expect(diary).toEqual([]);
	});
});

describe('a failed step', () => {
	const failing = {'do two': {exitCode: 1, stdout: '', stderr: 'error: it is locked\nerror: really\n'}};

	test('stops the plan; its words, what was done before and a remedy are in the receipt', async () => {
		const {surroundings, diary} = fakeWorld({results: failing, reads: [before, after]});
		const receipt = await carryOut(plan(), surroundings);
		expect(receipt).toMatchObject({
			status: 'failed',
			message: 'Step 2 of 3 failed (two): it is locked: really. Done before it: 1 step.',
			remedy: saying('Unlock it. Finish or roll back the operation (virsnap recover '),
		});
		expect(receipt.steps.map(record => record.status)).toEqual(['done', 'failed', 'pending']);
		expect(receipt.steps[1]!.stderr).toBe('error: it is locked\nerror: really\n');
		expect(receipt.findings).toEqual([expect.stringContaining('snapshot a')]);
		expect(diary).not.toContain('do three');
		expect(diary).not.toContain('undo one');
	});

	test('where the plan says so the finished steps are rolled back, last first', async () => {
		const results = {'do three': {exitCode: 1, stdout: '', stderr: 'no'}};
		const {surroundings, diary} = fakeWorld({results, reads: [before, before]});
		const receipt = await carryOut(plan({onFailure: 'undo'}), surroundings);
		expect(receipt).toMatchObject({
			status: 'undone',
			message: 'Step 3 of 3 failed (three): no. Everything is as it was before.',
			findings: [],
		});
		expect(receipt.undone).toMatchObject([
			{argv: ['undo', 'two'], status: 'done'},
			{argv: ['undo', 'one'], status: 'done'},
		]);
		expect(diary.filter(line => line.startsWith('undo'))).toEqual(['undo two', 'undo one']);
	});

	test('what an undo command reads reaches it', async () => {
		const results = {'do two': {exitCode: 1, stdout: '', stderr: 'no'}};
		const {surroundings, diary} = fakeWorld({results, reads: [before, before]});
		const steps = [step('one', {input: '<new/>', undoInput: '<old/>'}), step('two')];
		expect(await carryOut(plan({steps, onFailure: 'undo'}), surroundings)).toMatchObject({status: 'undone'});
		expect(diary).toContain('undo one < <old/>');
	});

	test('what the failed step itself left is found by reading, and told', async () => {
		const {surroundings} = fakeWorld({results: failing, reads: [before, after]});
		const receipt = await carryOut(plan({onFailure: 'undo'}), surroundings);
		expect(receipt).toMatchObject({status: 'failed', findings: [expect.stringContaining('snapshot a')]});
		expect(receipt.message).toContain('The finished steps were rolled back.');
	});

	test('an undo that fails is said, and no further one is tried', async () => {
		const results = {
			'do three': {exitCode: 1, stdout: '', stderr: 'no'},
			'undo two': {exitCode: 1, stdout: '', stderr: 'cannot'},
		};
		const {surroundings, diary} = fakeWorld({results, reads: [before, after]});
		const receipt = await carryOut(plan({onFailure: 'undo'}), surroundings);
		expect(receipt.status).toBe('failed');
		expect(receipt.message).toContain('Rolling them back failed: cannot.');
		expect(diary).not.toContain('undo one');
	});

	test('rolling back stops at a step that cannot be undone', async () => {
		const steps = [step('one'), step('two', {undo: null}), step('three')];
		const results = {'do three': {exitCode: 1, stdout: '', stderr: 'no'}};
		const {surroundings, diary} = fakeWorld({results, reads: [before, after]});
		expect((await carryOut(plan({steps, onFailure: 'undo'}), surroundings)).message).toContain(
			'a step cannot be undone',
		);
		expect(diary.filter(line => line.startsWith('undo'))).toEqual([]);
	});

	test('a command that could not be started', async () => {
		const results = {'do one': {exitCode: null, stdout: '', stderr: 'spawn do ENOENT'}};
		const {surroundings} = fakeWorld({results, reads: [before, before]});
		expect(await carryOut(plan(), surroundings)).toMatchObject({
			status: 'failed',
			message: 'Step 1 of 3 failed (one): spawn do ENOENT. No step before it was done.',
			findings: [],
		});
	});

	test('a last step that is done counts with those before it, though its record could not be written', async () => {
		const {surroundings, diary} = fakeWorld({diskFullAt: 6, reads: [before, after]});
		const receipt = await carryOut(plan({onFailure: 'undo'}), surroundings);
		expect(receipt.status).toBe('failed');
		expect(diary.filter(line => line.startsWith('do'))).toEqual(['do one', 'do two', 'do three']);
		expect(diary.filter(line => line.startsWith('undo'))).toEqual([]);
	});

	test('a receipt that can no longer be written stops before the next step', async () => {
		const {surroundings, diary} = fakeWorld({diskFullAt: 3, reads: [before, before]});
		const receipt = await carryOut(plan(), surroundings);
		expect(receipt.status).toBe('failed');
		expect(receipt.message).toContain('disk full');
		expect(diary.filter(line => line.startsWith('do'))).toEqual(['do one']);
	});
});

describe("a command of QEMU's monitor succeeds by silence", () => {
	const silent = plan({steps: [step('savevm', {success: 'silent'})]});

	test('blanks and line ends are silence', async () => {
		const {surroundings} = fakeWorld({results: {'do savevm': {exitCode: 0, stdout: '\r\n\n', stderr: ''}}});
		expect((await carryOut(silent, surroundings)).status).toBe('verified');
	});

	test('words are a failure, whatever the exit status', async () => {
		const results = {'do savevm': {exitCode: 0, stdout: "Error: Device 'x' is locked\n", stderr: ''}};
		const {surroundings} = fakeWorld({results, reads: [before, before]});
		expect(await carryOut(silent, surroundings)).toMatchObject({status: 'failed', remedy: 'Unlock it.'});
	});

	test('elsewhere words are welcome', async () => {
		const results = {'do one': {exitCode: 0, stdout: 'Domain snapshot a created', stderr: ''}};
		const {surroundings} = fakeWorld({results});
		expect((await carryOut(plan({steps: [step('one')]}), surroundings)).status).toBe('verified');
	});
});

describe('reading back', () => {
	test('commands that succeeded without the result are a failure', async () => {
		const {surroundings} = fakeWorld({reads: [before, before]});
		const receipt = await carryOut(plan(), surroundings);
		expect(receipt).toMatchObject({
			status: 'failed',
			findings: [expect.stringContaining('a')],
			remedy: saying(''),
		});
		expect(receipt.message).toMatch(/^All commands succeeded, but verification failed/);
	});

	test('an image that can no longer be read proves nothing', async () => {
		const disks = after.domain.disks.map(disk => ({...disk, unreadable: {reason: 'Permission denied', remedy: ''}}));
		const {surroundings} = fakeWorld({reads: [before, facts({domain: domain({...after.domain, disks})})]});
		expect(await carryOut(plan(), surroundings)).toMatchObject({
			status: 'failed',
			findings: ['vda cannot be read any more: Permission denied'],
		});
	});

	test('a result that cannot be read back is no success', async () => {
		const {surroundings} = fakeWorld({reads: [before, new Error('gone')]});
		expect(await carryOut(plan(), surroundings)).toMatchObject({status: 'failed', findings: ['gone']});
	});

	test('a last receipt that cannot be written is said, not thrown', async () => {
		const {surroundings} = fakeWorld({diskFullAt: 7});
		expect(await carryOut(plan(), surroundings)).toMatchObject({status: 'verified', findings: ['disk full']});
	});

	test('a file that libvirt left half made is named, and that is not as before', async () => {
		const file = '/images/a.memory';
		const on = {uri: null, uuid: 'x'};
		const how = {external: true, memory: file, live: false, quiesce: false, disks: []};
		const taken = stepOf({kind: 'create-snapshot', on, tag: 'a', description: null, ...how}, {title: 'one'});
		const half = plan({steps: [taken], onFailure: 'undo'});
		const left = facts({
			directories: {'/images': {path: '/images', freeBytes: 1e12, writable: true, entries: ['a.memory']}},
		});
		const results = {
			[taken.argv.join(' ')]: {exitCode: 1, stdout: '', stderr: 'error: Disconnected from qemu:///system'},
		};
		const {surroundings} = fakeWorld({results, reads: [before, left]});
		expect(await carryOut(half, surroundings)).toMatchObject({
			status: 'failed',
			findings: [`${file} exists, and nothing uses it.`],
			remedy: saying('virsnap recover'),
		});
	});

	test('a step whose failure cannot be written either is told in its own words and those of the disk', async () => {
		const results = {'do one': {exitCode: 1, stdout: '', stderr: 'error: image is locked\n'}};
		const {surroundings} = fakeWorld({results, diskFullAt: 2});
		const {message} = await carryOut(plan(), surroundings);
		expect(message).toContain('image is locked: disk full');
	});
});
