import {execFileSync} from 'node:child_process';
import {chownSync} from 'node:fs';
import {chmod, chown, mkdir, mkdtemp, readdir, rm, stat, symlink, writeFile} from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import {afterEach, beforeEach, describe, expect, test} from 'vitest';
import type {Receipt} from '../../source/core/model/receipt.ts';
import {newReceipt} from '../../source/execute/receipts/new-receipt.ts';
import {ownHome, receiptFolder} from '../../source/execute/receipts/own-home.ts';
import {createReceiptStore} from '../../source/execute/receipts/store.ts';
import {commandRunner} from '../../source/execute/steps/run-command.ts';
import {createTurns} from '../../source/hypervisor/by-key.ts';
import {facts} from '../facts/facts.ts';
import {planFor} from '../facts/plan.ts';
import {recordedXml, snapshot} from '../facts/snapshot.ts';

let folder: string;

beforeEach(async () => {
	folder = await mkdtemp(path.join(os.tmpdir(), 'virsnap-receipts-'));
});

afterEach(() => rm(folder, {recursive: true}));

const plan = planFor(facts(), {verb: 'create', tag: 's', method: 'qemu-img'});

const receipt = (id: string, message = ''): Receipt => ({...newReceipt(plan, '2026-01-02T03:04:05.678Z'), id, message});

test('newest first, and the last version of each', async () => {
	const store = createReceiptStore(path.join(folder, 'deep/er'));
	expect(await store.list()).toEqual([]);
	await store.save(receipt('2026-1'));
	await store.save(receipt('2026-2'));
	await store.save(receipt('2026-1', 'later'));
	expect(await store.list()).toEqual([receipt('2026-2'), receipt('2026-1', 'later')]);
});

test('what an edit promises of the description is kept', async () => {
	const snapshots = [snapshot('s', {description: 'old'})];
	const found = facts({domain: {snapshots}, snapshotXml: recordedXml(snapshots)});
	const edited = {...receipt('2026-1'), plan: planFor(found, {verb: 'edit', tag: 's', description: ''})};
	const store = createReceiptStore(folder);
	await store.save(edited);
	const {plan: kept} = (await store.read('2026-1'))!;
	expect(kept.expect).toEqual([{kind: 'snapshot', tag: 's', health: ['ok'], description: ''}]);
	expect(kept.steps[0]?.input).not.toContain("'a&amp;b'");
});

test('for their owner only, and nothing is left beside them', async () => {
	const place = path.join(folder, 'receipts');
	await createReceiptStore(place).save(receipt('one'));
	expect((await stat(place)).mode & 0o777).toBe(0o700);
	expect((await stat(path.join(place, 'one.json'))).mode & 0o777).toBe(0o600);
	expect(await readdir(place)).toEqual(['one.json']);
});

describe('what is no receipt, or cannot be trusted, is named and set aside', () => {
	const step = plan.steps[0]!;
	const withStep = (more: object) => ({...receipt('odd'), plan: {...plan, steps: [{...step, ...more}]}});
	const put = (value: unknown) => (file: string) => writeFile(file, JSON.stringify(value), {mode: 0o600});
	const cases: readonly [string, (file: string) => Promise<unknown>, RegExp][] = [
		['cut in half', file => writeFile(file, '{"version": 2, "id":'), /not a complete JSON document/],
		['nothing but its version', put({version: 1}), /version 1 does not know/],
		['of a later version', put({...receipt('odd'), version: 3}), /version 3/],
		['of a step of unknown kind', put(withStep({does: {kind: 'format-disk', file: '/'}})), /unknown kind of step/],
		['of a kind with members that it has not', put(withStep({does: {...step.does, more: 1}})), /plan\.steps\.0\.does/],
		['edited by hand', put(withStep({argv: ['rm', '-rf', '/']})), /its command does not match/],
		['with another undo', put(withStep({undo: ['rm', '-rf', '/']})), /its command does not match/],
		['with fewer records than steps', put({...receipt('odd'), steps: []}), /record for each step/],
		['that of another name', put(receipt('another')), /that of another/],
		['a FIFO', file => execFileSync('mkfifo', [file]) && Promise.resolve(), /not a regular file/],
		['a folder', file => mkdir(file), /not a regular file/],
		['a link', file => symlink(path.join(folder, 'one.json'), file), /symbolic link/],
		[
			'writable by others',
			file => put(receipt('odd'))(file).then(() => chmod(file, 0o666)),
			/others? users? may write/,
		],
		[
			'of another user',
			file => put(receipt('odd'))(file).then(() => chown(file, 65534, 65534)),
			/belongs to user 65534/,
		],
	];

	test.each(cases)('%s', async (_what, make, reason) => {
		const store = createReceiptStore(folder);
		await store.save(receipt('one'));
		const file = path.join(folder, 'odd.json');
		await make(file);
		await writeFile(path.join(folder, 'note.txt'), 'hello');
		expect(await store.list()).toEqual([receipt('one')]);
		expect(await store.read('odd')).toBeNull();
		expect(await store.odd()).toEqual([{file, reason: expect.stringMatching(reason)}]);
	});

	test.each([
		['others may write to the folder', (place: string) => chmod(place, 0o777)],
		['others may write to one above it', () => chmod(path.join(folder, 'above'), 0o777)],
		['it belongs to somebody else', (place: string) => chown(place, 65534, 65534)],
		['one above it belongs to somebody else', () => chown(path.join(folder, 'above'), 65534, 65534)],
	])('all of a folder where %s, and nothing is written there', async (_what, spoil) => {
		const place = path.join(folder, 'above/receipts');
		const store = createReceiptStore(place);
		await store.save(receipt('one'));
		await spoil(place);
		expect(await store.list()).toEqual([]);
		expect(await store.read('one')).toBeNull();
		expect(await store.odd()).toMatchObject([{file: place, reason: expect.any(String)}]);
		await expect(store.save(receipt('two'))).rejects.toMatchObject({name: 'ReceiptError'});
		await expect(store.create(receipt('two'))).rejects.toMatchObject({name: 'ReceiptError'});
	});
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

test('the home of another user is not used, nor one that is empty or relative', () => {
	const known = os.userInfo().homedir;
	expect(ownHome({HOME: folder})).toBe(folder);
	chownSync(folder, 65534, 65534);
	for (const HOME of [folder, '/nonexistent', 'relative', '', undefined]) expect(ownHome({HOME})).toBe(known);
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
