/** Operations across real processes: what outlives whom, and what is said of what did not. */

import {spawn, spawnSync} from 'node:child_process';
import {existsSync} from 'node:fs';
import {mkdtemp, readdir, readFile, rm, stat, writeFile} from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import {fileURLToPath} from 'node:url';
import {afterEach, beforeEach, describe, expect, test} from 'vitest';
import type {Receipt} from '../../source/core/model/receipt.ts';
import {basisOf} from '../../source/core/planning/basis.ts';
import {createOperations} from '../../source/execute/operations.ts';
import {claimDomain, holderOf} from '../../source/execute/receipts/claims.ts';
import {isAlive, markOf, ownMark} from '../../source/execute/receipts/process-mark.ts';
import {virshReader} from '../../source/libvirt/virsh/virsh-reader.ts';
import {uuid} from '../facts/domain.ts';
import {facts} from '../facts/facts.ts';
import {waitUntil} from '../helpers/lab.ts';
import {saying} from '../helpers/saying.ts';
import {letGo, ownVirsh, twoSteps} from './two-steps.ts';

const script = fileURLToPath(new URL('runner-process.ts', import.meta.url));
let folder: string;

beforeEach(async () => {
	folder = await mkdtemp(path.join(os.tmpdir(), 'virsnap-operations-'));
});

afterEach(() => rm(folder, {recursive: true, force: true, maxRetries: 5}));

const common = () => ({
	folder,
	libvirt: {uri: null, env: ownVirsh(folder)},
	reader: virshReader({uri: null}),
	facts: async () => facts(),
	isHere: async () => true,
	definitions: folder,
});
const apart = () => createOperations({...common(), runner: [process.execPath, script, folder, 'run']});
const here = () => createOperations({...common(), runner: null});
const trace = () => readFile(path.join(folder, 'trace'), 'utf8').catch(() => '');
const running = ({steps}: Receipt) => steps[0]!.status === 'running';

async function runnerOf(id: string): Promise<number> {
	const receipt = (await here().receipts()).find(one => one.id === id)!;
	return receipt.runner!.pid;
}

test('a plan is carried out in another process, and each state is told', async () => {
	const seen: Receipt[] = [];
	const receipt = await apart().carryOut(twoSteps('quick'), state => seen.push(state));
	expect(receipt).toMatchObject({status: 'verified', runner: {pid: expect.any(Number)}});
	expect(receipt.runner!.pid).not.toBe(process.pid);
	expect(seen[0]!.steps.map(step => step.status)).toEqual(['pending', 'pending']);
	expect(seen.at(-1)).toEqual(receipt);
	expect(await trace()).toBe('one\ntwo\n');
	// The claim goes after the receipt has ended.
	await waitUntil(async () => (await readdir(folder)).every(name => /\.json$|^trace$|^begun$|^bin$/.test(name)));
});

test('an operation continues when the process that started it is killed, and another can follow it', async () => {
	const starter = spawn(process.execPath, [script, folder, 'start'], {stdio: 'ignore', detached: true});
	const receipt = await waitUntil(async () => (await here().receipts()).find(running));
	expect(receipt.runner!.pid).not.toBe(starter.pid);
	// The whole session, as the end of a terminal does.
	process.kill(-starter.pid!, 'SIGHUP');
	process.kill(-starter.pid!, 'SIGKILL');
	expect(await here().unfinished()).toMatchObject([{state: 'running', receipt: {id: receipt.id}}]);
	letGo(folder);
	expect(await here().follow(receipt.id)).toMatchObject({status: 'verified'});
	expect(await trace()).toBe('one\ntwo\n');
	expect(await here().unfinished()).toEqual([]);
});

test('an operation whose runner was killed is running while its command is, and interrupted after that', async () => {
	const following = apart().carryOut(twoSteps('held'));
	const {id} = await waitUntil(async () => (await here().receipts()).find(running));
	await waitUntil(() => existsSync(path.join(folder, 'begun')));
	const pid = await runnerOf(id);
	process.kill(pid, 'SIGKILL');
	await waitUntil(async () => (await markOf(pid)) === null);
	expect(await here().unfinished()).toMatchObject([{state: 'running'}]);
	await expect(here().recovery(id)).rejects.toMatchObject({refusal: {code: 'busy'}});
	letGo(folder);
	expect(await following).toMatchObject({status: 'failed', message: expect.stringContaining('interrupted')});
	expect(await trace()).toBe('one\n');
	expect(await here().unfinished()).toMatchObject([{state: 'cut-off', receipt: {id, status: 'running'}}]);
	const recovery = await here().recovery(id);
	expect(recovery.choices.map(choice => choice.id)).toContain('leave');
	expect(await here().recover(id, 'leave')).toMatchObject({status: 'failed', endedAt: expect.any(String)});
	expect(await here().unfinished()).toEqual([]);
});

test('what has ended well stays what it is, whatever others have done since', async () => {
	const {id} = await apart().carryOut(twoSteps('quick'));
	await expect(here().recovery(id)).rejects.toMatchObject({refusal: {code: 'unchanged', reason: saying('verified')}});
	await expect(here().recover(id, 'close')).rejects.toMatchObject({refusal: {code: 'unchanged'}});
	expect(await here().receipts()).toMatchObject([{status: 'verified', message: 'Done and verified.'}]);
});

test('a runner that cannot be started leaves nothing open', async () => {
	const operations = createOperations({...common(), runner: ['/nonexistent/program']});
	expect(await operations.carryOut(twoSteps('quick'))).toMatchObject({
		status: 'stale',
		message: expect.stringContaining('ENOENT'),
	});
	expect(await operations.unfinished()).toEqual([]);
});

test('what a runner said before it crashed is kept beside its receipt, and told to who follows', async () => {
	const operations = createOperations({...common(), runner: ['sh', '-c', 'echo "TypeError: boom" >&2; exit 1']});
	const {id, status, findings} = await operations.carryOut(twoSteps('quick'));
	expect({status, findings}).toEqual({status: 'failed', findings: ['Last output of its process: TypeError: boom']});
	expect(await readFile(path.join(folder, `${id}.stderr`), 'utf8')).toBe('TypeError: boom\n');
});

test.runIf(process.getuid?.() === 0)('a folder that is full by then is named as the reason', async ({skip}) => {
	const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=300k,mode=700', 'receipts', folder]);
	if (mounted.status !== 0) return skip('nothing can be mounted here');
	try {
		const following = apart().carryOut(twoSteps('held'));
		await waitUntil(async () => (await here().receipts()).find(running));
		spawnSync('dd', ['if=/dev/zero', `of=${folder}/filler`, 'bs=1k']);
		letGo(folder);
		const {status, findings} = await following;
		expect(status).toBe('failed');
		expect(findings.join(' ')).toMatch(/receipt could not be written any more to .*no space left/i);
	} finally {
		spawnSync('umount', ['--lazy', folder]);
	}
});

test('cancelled between two steps', async () => {
	const following = apart().carryOut(twoSteps('held'));
	const {id} = await waitUntil(async () => (await here().receipts()).find(running));
	await here().cancel(id);
	letGo(folder);
	expect(await following).toMatchObject({
		status: 'failed',
		message: 'Cancelled before step 2 of 2 (two). Done before it: 1 step.',
	});
	expect(await trace()).toBe('one\n');
});

test('a second operation on the domain is refused, and names the first', async () => {
	const first = apart().carryOut(twoSteps('held'));
	const {id} = await waitUntil(async () => (await here().receipts()).find(running));
	await expect(here().carryOut(twoSteps('quick'))).rejects.toMatchObject({
		refusal: {code: 'busy'},
		message: expect.stringContaining(id),
		remedy: saying(id),
	});
	letGo(folder);
	expect(await first).toMatchObject({status: 'verified'});
});

/** Who asks whether the domain is free reads the folder and a file or two before it knows. */
async function hasLooked(asking: Promise<unknown>): Promise<void> {
	// A refusal is looked at where it is expected.
	asking.catch(() => {});
	for (let read = 0; read < 40; read++)
		for (const name of await readdir(folder)) await stat(path.join(folder, name)).catch(() => {});
}

test('the next operation is not refused for one that has just ended, and has not let the domain go yet', async () => {
	const ended = await here().carryOut(twoSteps('quick'));
	const claim = await claimDomain(folder, uuid, ended.id, await ownMark());
	if ('holder' in claim) throw new Error(`${claim.holder} has the domain`);
	const next = here().carryOut(twoSteps('quick'));
	await hasLooked(next);
	await claim.release();
	expect(await next).toMatchObject({status: 'verified'});
});

test('nor is the recovery of the one that has just failed', async () => {
	const ended = await here().carryOut(twoSteps('quick'));
	await writeFile(path.join(folder, `${ended.id}.json`), JSON.stringify({...ended, status: 'failed'}), {mode: 0o600});
	const claim = await claimDomain(folder, uuid, ended.id, await ownMark());
	if ('holder' in claim) throw new Error(`${claim.holder} has the domain`);
	const recovery = here().recovery(ended.id);
	await hasLooked(recovery);
	await claim.release();
	expect((await recovery).choices).not.toEqual([]);
});

test('nothing starts where no receipt can be written', async () => {
	const file = path.join(folder, 'file');
	await writeFile(file, '');
	const operations = createOperations({...common(), folder: path.join(file, 'receipts'), runner: null});
	await expect(operations.carryOut(twoSteps('quick'))).rejects.toMatchObject({name: 'ReceiptError'});
	expect(await trace()).toBe('');
});

describe('claims', () => {
	test('of many at once at most one has the domain, and somebody gets it in the end', async () => {
		const mark = await ownMark();
		const claims = await Promise.all(
			Array.from({length: 8}, (_, index) => claimDomain(folder, uuid, `r${index}`, mark)),
		);
		const won = claims.filter(claim => 'release' in claim);
		expect(won.length).toBeLessThanOrEqual(1);
		for (const claim of won) if ('release' in claim) await claim.release();
		expect(await holderOf(folder, uuid)).toBeNull();
	});

	test('of a dead process, of one whose id was given away, and of before a reboot do not count', async () => {
		const mark = await ownMark();
		const dead = {...mark, pid: 2 ** 22 - 1};
		const given = {...mark, startTicks: '1'};
		const rebooted = {...mark, bootId: 'another'};
		for (const [index, one] of [dead, given, rebooted].entries()) {
			expect(await isAlive(one)).toBe(false);
			await writeFile(
				path.join(folder, `${uuid}.r${index}.1.claim`),
				JSON.stringify({receipt: `r${index}`, mark: one}),
			);
		}

		expect(await isAlive(mark)).toBe(true);
		expect(await markOf(mark.pid)).toEqual(mark);
		expect(await claimDomain(folder, uuid, 'mine', mark)).toHaveProperty('release');
		expect(await readdir(folder)).toEqual([`${uuid}.mine.${mark.pid}.claim`]);
	});
});

test('a receipt holds no password', async () => {
	const plan = twoSteps('quick');
	const steps = plan.steps.map(step => ({...step, input: `<graphics type='vnc' passwd='geheim'/>`}));
	const found = facts({inactiveXml: `<graphics type='vnc' passwd='geheim'/><graphics passwd='zwei'/>`});
	const operations = createOperations({...common(), facts: async () => found, runner: null});
	const receipt = await operations.carryOut({...plan, steps, basis: basisOf(found)});
	expect(receipt.status).toBe('verified');
	const text = await readFile(path.join(folder, `${receipt.id}.json`), 'utf8');
	expect(text).not.toContain('geheim');
	expect(text).toContain('virsnap-left-out-0');
});
