import {beforeAll, expect, test} from 'vitest';
import type {Receipt} from '../../source/core/receipt.ts';
import {receiptOf, run} from './fake.ts';

let receipt: Receipt;

beforeAll(async () => {
	const {carriedOut} = await run(['create', 'web', 'fresh', '--method', 'libvirt-internal', '--yes']);
	receipt = receiptOf(carriedOut[0]!, 'failed');
});

test('shows receipts, one a line', async () => {
	const {status, stdout} = await run(['log'], {receipts: [receipt]});
	expect(status).toBe(0);
	expect(stdout).toMatch(/^ID +DATE +VERB +DOMAIN +TAG +STATUS\n20260102-030405-web .* create +web +fresh +failed\n$/);
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

test('--json prints documents', async () => {
	expect(JSON.parse((await run(['log', '--json'], {receipts: [receipt]})).stdout)).toEqual({receipts: [receipt]});
	expect(JSON.parse((await run(['log', receipt.id, '--json'], {receipts: [receipt]})).stdout)).toEqual({receipt});
});

test('works without a connection, and without receipts', async () => {
	const {status, stdout, stderr} = await run(['log'], {connection: {status: 'lost', reason: 'gone', retryAt: ''}});
	expect([status, stdout, stderr]).toEqual([0, '', 'Nothing was done yet.\n']);
});

test('an unknown id is refused', async () => {
	expect((await run(['log', 'x'])).status).toBe(3);
});
