import {chmod, mkdtemp, readdir, rm, stat, writeFile} from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import {afterEach, beforeEach, expect, test} from 'vitest';
import type {Receipt} from '../../source/core/model/receipt.ts';
import {createReceiptStore, receiptFolder} from '../../source/execute/receipts/store.ts';
import {commandRunner} from '../../source/execute/steps/run-command.ts';
import {createTurns} from '../../source/hypervisor/by-key.ts';

let folder: string;

beforeEach(async () => {
	folder = await mkdtemp(path.join(os.tmpdir(), 'virsnap-receipts-'));
});

afterEach(() => rm(folder, {recursive: true}));

const receipt = (id: string, message = ''): Receipt => ({version: 1, id, message}) as Receipt;

test('newest first, and the last version of each', async () => {
	const store = createReceiptStore(path.join(folder, 'deep/er'));
	expect(await store.list()).toEqual([]);
	await store.save(receipt('2026-1'));
	await store.save(receipt('2026-2'));
	await store.save(receipt('2026-1', 'later'));
	expect(await store.list()).toEqual([receipt('2026-2'), receipt('2026-1', 'later')]);
});

test('for their owner only, and nothing is left beside them', async () => {
	const place = path.join(folder, 'receipts');
	await createReceiptStore(place).save(receipt('one'));
	expect((await stat(place)).mode & 0o777).toBe(0o700);
	expect((await stat(path.join(place, 'one.json'))).mode & 0o777).toBe(0o600);
	expect(await readdir(place)).toEqual(['one.json']);
});

test('files that are no receipts are passed over', async () => {
	const store = createReceiptStore(folder);
	await store.save(receipt('one'));
	await writeFile(path.join(folder, 'broken.json'), '{"version": 1, "id":');
	await writeFile(path.join(folder, 'future.json'), '{"version": 2}');
	await writeFile(path.join(folder, 'note.txt'), 'hello');
	expect(await store.list()).toEqual([receipt('one')]);
});

test('a folder that cannot be written is an error with a remedy', async () => {
	await writeFile(path.join(folder, 'file'), '');
	await chmod(folder, 0o500);
	const error = await createReceiptStore(path.join(folder, 'file/receipts'))
		.save(receipt('one'))
		.catch((error: unknown) => error);
	expect(error).toMatchObject({name: 'ReceiptError', remedy: expect.stringContaining('XDG_STATE_HOME')});
	await chmod(folder, 0o700);
});

test('where receipts belong', () => {
	expect(receiptFolder({}, '/home/a')).toBe('/home/a/.local/state/virsnap/receipts');
	expect(receiptFolder({XDG_STATE_HOME: '/state'}, '/home/a')).toBe('/state/virsnap/receipts');
	expect(receiptFolder({XDG_STATE_HOME: 'relative'}, '/home/a')).toBe('/home/a/.local/state/virsnap/receipts');
});

test('commands: streams apart, status, input, plain locale', async () => {
	const run = commandRunner({EXTRA: 'x'});
	const script = 'cat; echo "$LC_ALL $EXTRA"; echo complaint >&2; exit 3';
	expect(await run(['sh', '-c', script], 'input\n')).toEqual({
		exitCode: 3,
		stdout: 'input\nC.UTF-8 x\n',
		stderr: 'complaint\n',
	});
	expect(await run(['sh', '-c', 'cat'])).toEqual({exitCode: 0, stdout: '', stderr: ''});
	expect(await run(['/nonexistent/program'])).toMatchObject({
		exitCode: null,
		stderr: expect.stringContaining('ENOENT'),
	});
});

test('plans of one domain wait for each other, failures included; others do not', async () => {
	const inTurn = createTurns();
	const diary: string[] = [];
	const gates = new Map<string, () => void>();
	const task =
		(name: string, fails = false) =>
		async () => {
			diary.push(`${name} begins`);
			await new Promise<void>(resolve => gates.set(name, resolve));
			diary.push(`${name} ends`);
			if (fails) throw new Error(name);
		};
	const first = inTurn('a', task('first', true)).catch(() => undefined);
	const second = inTurn('a', task('second'));
	const other = inTurn('b', task('other'));
	await new Promise(setImmediate);
	expect(diary).toEqual(['first begins', 'other begins']);
	gates.get('first')!();
	await first;
	await new Promise(setImmediate);
	gates.get('second')!();
	gates.get('other')!();
	await Promise.all([second, other]);
	expect(diary.slice(2, 4)).toEqual(['first ends', 'second begins']);
});
