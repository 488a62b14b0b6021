import {beforeAll, expect, test} from 'vitest';
import type {Receipt} from '../../source/core/model/receipt.ts';
import type {Recovery} from '../../source/core/recover/recovery.ts';
import {endedAs} from '../facts/receipt.ts';
import {run} from './fake.ts';

let receipt: Receipt;

beforeAll(async () => {
	const {carriedOut} = await run(['create', 'web', 'fresh', '--method', 'libvirt-internal', '--yes']);
	receipt = endedAs(carriedOut[0]!, 'failed');
});

test('shows receipts, one a line', async () => {
	const {status, stdout} = await run(['log'], {receipts: [receipt]});
	expect(status).toBe(0);
	expect(stdout).toMatch(/^ID +DATE +VERB +DOMAIN +TAG +STATUS\n20260102-030405-web .* create +web +fresh +failed\n$/);
});

test('what took another back is not shown as that other one', async () => {
	const receipts = [{...receipt, recovers: 'another'}];
	expect((await run(['log'], {receipts})).stdout).toMatch(/ recover +web +fresh +failed\n$/);
	expect((await run(['log', receipt.id], {receipts})).stdout).toContain('recovery of create fresh of web: failed');
});

test('shows one in full, with the words of its commands', async () => {
	const {stdout} = await run(['log', receipt.id], {receipts: [receipt]});
	expect(stdout).toContain('snapshot-create-as');
	expect(stdout).toContain('failed, status 1');
	expect(stdout).toContain('  error: Input/output error');
	expect(stdout).toContain('It is failed.');
});

test('of one that is under way it says how far it is, and how to stop it', async () => {
	const running = {
		...receipt,
		status: 'running' as const,
		endedAt: null,
		progress: {doneBytes: 460 * 1024 ** 2, totalBytes: 1024 ** 3},
	};
	const {stdout} = await run(['log', receipt.id], {receipts: [running]});
	expect(stdout).toContain(`44 %, 460 MiB of 1 GiB; to stop it: virsnap cancel ${receipt.id}`);
});

test('--json prints documents, with commands where the UI has keys', async () => {
	const wayBack = 'Delete the snapshot fresh (virsnap delete web fresh).';
	const told = {...receipt, plan: {...receipt.plan, wayBack}};
	expect(JSON.parse((await run(['log', '--json'], {receipts: [receipt]})).stdout)).toEqual({
		receipts: [told],
	});
	expect(JSON.parse((await run(['log', receipt.id, '--json'], {receipts: [receipt]})).stdout)).toEqual({receipt: told});
});

test('works without a connection, and without receipts', async () => {
	const {status, stdout, stderr} = await run(['log'], {connection: {status: 'lost', reason: 'gone', retryAt: ''}});
	expect([status, stdout, stderr]).toEqual([0, '', 'No operations recorded.\n']);
});

test.each([
	['--finish', '--finish'],
	['--go-on', '--finish'],
	['--roll-back', '--roll-back'],
	['--way-back', '--roll-back'],
])('recover %s makes the choice that is documented as %s', async (typed, documented) => {
	const recovery: Recovery = {verdict: 'partly', summary: 'Partly done.', findings: [], choices: [], refusals: []};
	const {status, stderr} = await run(['recover', receipt.id, typed], {receipts: [receipt], recovery});
	expect([status, stderr]).toEqual([2, expect.stringContaining(`virsnap: ${documented} is not available here.`)]);
	expect((await run(['recover', '--help'])).stdout).not.toMatch(/--go-on|--way-back/);
});

test('an unknown id is refused', async () => {
	expect((await run(['log', 'x'])).status).toBe(3);
});

test('an interrupted operation comes with the command that says what can be done, and that with the one that does it', async () => {
	const recovery: Recovery = {
		verdict: 'partly',
		summary: 'Part of it may be done.',
		findings: [],
		choices: [{id: 'leave', label: 'Leave it', status: 'failed', message: 'Left.'}],
		refusals: [],
	};
	const all = await run(['recover'], {receipts: [receipt], recovery});
	expect(all.stderr).toBe('See what can be done: virsnap recover ID\n');
	const one = await run(['recover', receipt.id], {receipts: [receipt], recovery});
	expect(one.stderr).toMatch(/--leave: Leave it\nTo choose one: virsnap recover \S+-web --leave\n$/);
});

test('a refusal from below is a document with --json', async () => {
	const {status, stdout, stderr} = await run(['recover', 'nope', '--json']);
	expect([status, stderr]).toEqual([3, '']);
	expect(JSON.parse(stdout)).toEqual({
		refusal: {code: 'not-found', reason: 'nothing to recover', remedy: 'virsnap log'},
	});
	expect((await run(['recover', 'nope'])).stderr).toBe('Refused: nothing to recover\nvirsnap log\n');
});
