import {describe, expect, test} from 'vitest';
import {tellSteps} from '../../source/commands/change/change.ts';
import type {Context} from '../../source/commands/context.ts';
import {typedThere} from '../../source/core/words/remedy.ts';
import {printable} from '../../source/core/words/text.ts';
import {chained, disk, entry, image} from '../facts/domain.ts';
import {endedAs} from '../facts/receipt.ts';
import {external, snapshot} from '../facts/snapshot.ts';
import {said} from '../helpers/saying.ts';
import {run, web} from './fake.ts';

const create = ['create', 'web', 'fresh', '--method', 'libvirt-internal'];

describe('a command that changes something', () => {
	test('goes with --yes: the plan is carried out as it was made', async () => {
		const {status, stdout, stderr, carriedOut} = await run([...create, '--yes', '--description', 'a "b"']);
		expect([status, stdout]).toEqual([0, '']);
		expect(carriedOut).toHaveLength(1);
		expect(carriedOut[0]).toMatchObject({
			verb: 'create',
			tag: 'fresh',
			method: 'libvirt-internal',
			domain: {uuid: web.uuid},
		});
		expect(JSON.stringify(carriedOut[0]?.steps)).toContain('a \\\\\\"b\\\\\\"'.replaceAll('\\\\\\', '\\'));
		expect(stderr).toMatch(/^1\/1 .*\n/);
		expect(stderr).toContain('create fresh of web: verified');
		expect(stderr).toContain('virsnap log 20260102-030405-web');
	});

	test('what is not asked is warned of all the same', async () => {
		const {stderr, carriedOut} = await run(['create', 'web', 'fresh', '--method', 'qemu-img', '--yes']);
		expect(carriedOut[0]?.warnings).not.toEqual([]);
		for (const warning of carriedOut[0]?.warnings ?? []) expect(stderr).toContain(`Warning: ${said(warning)}\n`);
	});

	test.each([
		['external', 'external-offline'],
		['internal', 'libvirt-internal'],
	])('--prefer %s turns the choice round', async (kind, method) => {
		const {carriedOut} = await run(['create', 'web', 'fresh', '--prefer', kind, '--yes']);
		expect(carriedOut).toMatchObject([{verb: 'create', method}]);
	});

	test('a file with the memory of a domain that libvirt has forgotten is restored by virsh, as told', async () => {
		const {status, stderr} = await run(['restore', '/x.save', '--yes'], {
			saved: '00000000-0000-4000-8000-00000000dead',
		});
		expect(status).toBe(3);
		expect(stderr).toContain('that libvirt does not have now');
		expect(stderr).toContain('restore /x.save');
	});

	test('without a terminal to ask on: status 2, nothing is touched', async () => {
		const {status, stdout, stderr, carriedOut} = await run(create);
		expect([status, stdout, carriedOut]).toEqual([2, '', []]);
		expect(stderr).toContain('add --yes');
	});

	test.each([
		['y\n', 0, 1],
		['yes\n', 0, 1],
		['\n', 3, 0],
		['n\n', 3, 0],
		['', 3, 0],
	])('asks on a terminal: %j ends with status %i', async (answer, status, plans) => {
		const ran = await run(create, {answer});
		expect(ran.status).toBe(status);
		expect(ran.carriedOut).toHaveLength(plans);
		expect(ran.stderr).toContain('Plan: create fresh of web');
		expect(ran.stderr).toContain('snapshot-create-as');
		if (plans === 0) expect(ran.stderr).toContain('Nothing was changed.');
	});

	test('a wrong word in the place of the name is told as that', async () => {
		const {status, stderr, carriedOut} = await run(['delete', 'web', 'before'], {answer: 'befor\n'});
		expect([status, carriedOut]).toEqual([3, []]);
		expect(stderr).toMatch(/The name does not match\. Nothing was changed\.\n$/);
	});

	test('a name that no keyboard has is typed as it is shown', async () => {
		const tag = 'a\u001b[1mb';
		const disks = [chained('vda', image('/images/vda.qcow2', [entry(tag)]))];
		const odd = {...web, disks, snapshots: [snapshot(tag)]};
		const {status, carriedOut} = await run(['delete', 'web', tag], {answer: `${printable(tag)}\n`, domains: [odd]});
		expect([status, carriedOut.map(plan => plan.tag)]).toEqual([0, [tag]]);
	});

	test('a slip in the name of a domain gets the one that was meant', async () => {
		expect((await run(['list', 'WEB'])).stderr).toContain('Did you mean web? See all: virsnap list');
	});

	test('a refusal ends with status 3, its reason and what to do instead', async () => {
		const {status, stderr, carriedOut} = await run(['create', 'web', 'before', '--yes']);
		expect([status, carriedOut]).toEqual([3, []]);
		expect(stderr).toMatch(/^Refused: .+\n.+\n$/);
	});

	test('--json prints the receipt, or the refusal', async () => {
		const done = await run([...create, '--yes', '--json']);
		expect(JSON.parse(done.stdout).receipt).toMatchObject({status: 'verified', id: '20260102-030405-web'});
		const refused = await run(['create', 'web', 'before', '--yes', '--json']);
		expect(JSON.parse(refused.stdout).refusal.code).toBe('tag-exists');
	});

	test('edit gives a snapshot another description, or none', async () => {
		const {status, stderr, carriedOut} = await run(['edit', 'web', 'before', '--description=-v', '--yes']);
		expect(status).toBe(0);
		expect(stderr).toContain('edit before of web: verified');
		expect(carriedOut).toMatchObject([{verb: 'edit', expect: [{tag: 'before', description: '-v'}]}]);
		const described = {...web, snapshots: [snapshot('before', {description: 'old'})]};
		const none = await run(['edit', 'web', 'before', '--description', '', '--yes'], {domains: [described]});
		expect(none.carriedOut).toMatchObject([{expect: [{description: ''}]}]);
		expect((await run(['edit', 'web', 'before', '--description='])).status).toBe(3);
		for (const argv of [[], ['--yes']]) {
			const nothing = await run(['edit', 'web', 'before', ...argv]);
			expect([nothing.status, nothing.stderr]).toEqual([2, expect.stringContaining('--description TEXT')]);
		}
		expect((await run(['plan', 'edit', 'web', 'before'], {answer: ''})).status).toBe(2);
	});

	test('edit without options opens an editor with what is there', async () => {
		const domains = [{...web, snapshots: [snapshot('before', {description: 'old'})]}];
		const edit = async (text: string) => `${text}\nand new`;
		const {status, stderr, carriedOut} = await run(['edit', 'web', 'before'], {domains, edit, answer: 'y\n'});
		expect([status, carriedOut]).toMatchObject([0, [{expect: [{description: 'old\nand new'}]}]]);
		expect(stderr).toContain('Plan: edit before of web');
		const same = await run(['edit', 'web', 'before'], {domains, answer: 'y\n'});
		expect([same.status, same.stderr]).toEqual([3, expect.stringContaining('has this description already')]);
	});

	test('no editor opens where nothing could come of it', async () => {
		const edit = () => Promise.reject(new Error('opened'));
		const domains = [{...web, snapshots: [snapshot('before', {libvirt: false, health: 'unmanaged'})]}];
		expect((await run(['edit', 'web', 'before'], {domains, edit, answer: ''})).status).toBe(3);
		expect((await run(['edit', 'web', 'gone'], {edit, answer: ''})).status).toBe(3);
		expect((await run(['edit', 'wbe', 'before'], {edit, answer: ''})).status).toBe(3);
	});

	test('edit protects a snapshot, and says until when to keep it', async () => {
		const {carriedOut} = await run(['edit', 'web', 'before', '--protect', '--expires', '2w', '--yes']);
		expect(carriedOut).toMatchObject([{expect: [{protected: true, expiresAt: expect.stringContaining('T')}]}]);
		const kept = {...web, snapshots: [snapshot('before', {protected: true, expiresAt: '2020-01-01T00:00:00.000Z'})]};
		const domains = [kept];
		const back = await run(['edit', 'web', 'before', '--unprotect', '--never', '--yes'], {domains});
		expect(back.carriedOut).toMatchObject([{expect: [{protected: false, expiresAt: null}]}]);
		const refused = await run(['delete', 'web', 'before', '--yes'], {domains});
		expect([refused.status, refused.stderr]).toEqual([
			3,
			expect.stringContaining('virsnap edit web before --unprotect'),
		]);
		expect((await run(['list', 'web'], {domains})).stdout).toMatch(/PARENT +KEEP +HEALTH\n.* yes +ok\n/);
		expect((await run(['list', 'web'])).stdout).not.toContain('KEEP');
		for (const words of [
			['--protect', '--unprotect'],
			['--expires', '1d', '--never'],
		])
			expect((await run(['edit', 'web', 'before', ...words])).status).toBe(2);
	});

	test('edit gives a snapshot in files of its own another tag', async () => {
		const domains = [{...web, snapshots: [external('before', '/images/vda.qcow2', '/images/base.qcow2')]}];
		const {status, carriedOut} = await run(['edit', 'web', 'before', '--tag', 'after', '--yes'], {domains});
		expect([status, carriedOut[0]?.expect[1]]).toEqual([
			0,
			{kind: 'no-snapshot', tag: 'before', as: 'after', protected: false},
		]);
		const refused = await run(['edit', 'web', 'before', '--tag', '', '--yes'], {domains});
		expect([refused.status, refused.stderr]).toEqual([3, expect.stringContaining('The tag is empty.')]);
		const inside = await run(['edit', 'web', 'before', '--tag', 'after', '--yes']);
		expect([inside.status, inside.stderr]).toEqual([3, expect.stringContaining('edit web before --description=TEXT')]);
	});

	test('what the plan of an edit names to undo it can be typed', async () => {
		const described = {...web, snapshots: [snapshot('before', {description: "it's old"})]};
		const {stdout} = await run(['plan', 'edit', 'web', 'before', '--description', 'new'], {domains: [described]});
		expect(stdout).toMatch(/^ {3}- description: it's old\n {3}\+ description: new$/m);
		expect(stdout).toContain(String.raw`virsnap edit web before '--description=it'\''s old'`);
	});

	test.each([
		['failed', 1],
		['undone', 1],
		['stale', 3],
	] as const)('%s ends with status %i, what happened and the receipt', async (ending, status) => {
		const ran = await run([...create, '--yes'], {ending});
		expect(ran.status).toBe(status);
		expect(ran.stderr).toContain(`create fresh of web: ${ending}. It is ${ending}.`);
		expect(ran.stderr).toContain('virsnap log 20260102-030405-web');
	});

	test('options that exclude each other, and methods there are none of', async () => {
		expect((await run([...create, '--memory', '--disk-only'])).stderr).toContain(
			'--memory and --disk-only exclude each other',
		);
		expect((await run(['revert', 'web', 'before', '--running', '--paused'])).status).toBe(2);
		expect((await run(['create', 'web', '--method', 'magic'])).stderr).toContain('Methods: libvirt-internal, qemu-img');
	});
});

describe('create of some disks', () => {
	const domains = [{...web, disks: [disk('vda'), disk('vdb'), disk('vdc')]}];
	const wish = ['create', 'web', 'fresh', '--prefer', 'external'];
	const wished = async (...options: string[]) => {
		const {stdout} = await run(['plan', ...wish, ...options, '--json'], {domains});
		return JSON.parse(stdout);
	};

	test.each([
		[['--disk', 'vda,vdc'], ['vdb']],
		[['--disk', 'vda', '--disk=vdb'], ['vdc']],
		[['--disk', 'vda,vdb', '--disk', 'vdc'], []],
		[[], []],
	])('%j leaves out %j', async (options, leftOut) => {
		expect((await wished(...options)).plan.leftOut).toEqual(leftOut);
	});

	test('with places: the first = ends the target, and a path may hold others', async () => {
		const {plan} = await wished('--overlay', 'vda=/images/a=b', '--overlay=vdc=/images/c');
		expect(plan.steps[0].argv).toEqual(
			expect.arrayContaining([
				'--diskspec=vda,snapshot=external,file=/images/a=b',
				'--diskspec=vdb,snapshot=external,file=/images/vdb.fresh.qcow2',
				'--diskspec=vdc,snapshot=external,file=/images/c',
			]),
		);
		expect((await wished('--overlay', 'vda=web.qcow2')).refusal.reason).toBe('web.qcow2 is not an absolute path.');
	});

	test('as text it says what it holds', async () => {
		const {stdout} = await run(['plan', ...wish, '--disk', 'vda'], {domains});
		expect(stdout).toContain('  holds   consistent: disks of a shut-off domain; without vdb and vdc\n');
		expect(stdout).toMatch(/^ {2}vdb and vdc are left out: .* leaves vdb and vdc as they are by then\.$/m);
	});

	test.each([
		[['--disk', ''], '--disk lacks a TARGET'],
		[['--disk', 'vda,'], '--disk lacks a TARGET'],
		[['--disk', 'vda', '--disk', 'vda'], '--disk names vda twice'],
		[['--overlay', 'vda'], "--overlay takes a disk and a path, not 'vda'"],
		[['--overlay', 'vda='], "--overlay takes a disk and a path, not 'vda='"],
		[['--overlay', '=/x'], "--overlay takes a disk and a path, not '=/x'"],
		[['--overlay', 'vda=/x', '--overlay', 'vda=/y'], '--overlay names vda twice'],
	])('%j: status 2', async (options, words) => {
		const {status, stderr} = await run([...wish, ...options], {domains});
		expect(status).toBe(2);
		expect(stderr).toContain(words);
	});
});

describe('plan', () => {
	test('prints commands, changes and the undo, and changes nothing', async () => {
		const {status, stdout, stderr, carriedOut} = await run(['plan', ...create]);
		expect([status, stderr, carriedOut]).toEqual([0, '', []]);
		expect(stdout).toMatch(/^Plan: create fresh of web\n {2}method {2}libvirt-internal: /);
		expect(stdout).toMatch(/^ {3}\$ virsh .*snapshot-create-as/m);
		expect(stdout).toMatch(/^ {3}\+ /m);
		expect(stdout).toMatch(/^Undo:\n {2}/m);
	});

	test('of a revert that cannot be undone says how it could be, and what it holds in words', async () => {
		const {stdout} = await run(['plan', 'revert', 'web', 'before']);
		expect(stdout).toMatch(/^Undo:\n {2}None, unless .*revert --safety\.$/m);
		expect(stdout).toContain('  holds   consistent: disks of a shut-off domain\n');
	});

	test('--json prints the plan in the shape of the contract', async () => {
		const {stdout} = await run(['plan', ...create, '--json']);
		const {plan} = JSON.parse(stdout);
		const keys = ['verb', 'domain', 'method', 'why', 'consistency', 'pause', 'steps', 'losses', 'warnings'];
		expect(Object.keys(plan)).toEqual(expect.arrayContaining(keys));
		expect(Object.keys(plan.steps[0])).toEqual(expect.arrayContaining(['title', 'argv', 'changes', 'undo']));
	});

	test('a refusal is a document as well, with status 3', async () => {
		const {status, stdout} = await run(['plan', 'create', 'web', 'before', '--json']);
		expect(status).toBe(3);
		expect(Object.keys(JSON.parse(stdout).refusal)).toEqual(['code', 'reason', 'remedy']);
	});

	test('an unknown domain is a refusal too', async () => {
		const {status, stdout} = await run(['plan', 'revert', 'nope', 'before', '--json']);
		expect(status).toBe(3);
		expect(JSON.parse(stdout).refusal.code).toBe('not-found');
	});

	test.each([
		['plan revert web before --quiesce', "Unknown option '--quiesce'"],
		['plan revert web', 'revert needs TAG'],
		['plan frob web', "There is no verb 'frob'"],
		['plan create web --yes', "Unknown option '--yes'"],
	])('%s: status 2', async (line, message) => {
		const {status, stderr} = await run(line.split(' '));
		expect(status).toBe(2);
		expect(stderr).toContain(message);
	});
});

test('losses, warnings and what has to be typed are drawn harmless', async () => {
	const {planText} = await import('../../source/commands/change/plan-text.ts');
	const {carriedOut} = await run([...create, '--yes']);
	const odd = {losses: ['overlay \u001B[31m'], warnings: ['w\u0007'], tag: '\u001B]0;x\n'};
	const text = planText({...carriedOut[0]!, ...odd}, typedThere);
	expect(text).not.toMatch(/[\u001B\u0007]/);
	expect(text).toContain('Lost for good:\n  overlay ␛[31m');
	expect(text).toContain('Warnings:\n  w␇');
	expect(text).toContain('Plan: create ␛]0;x␊ of web');
});

test('a picture that will be kept is said', async () => {
	const {planText} = await import('../../source/commands/change/plan-text.ts');
	const {carriedOut} = await run([...create, '--yes']);
	const told = '  picture of the screen, small and private, is kept with it (58 KB at most)';
	expect(planText(carriedOut[0]!, typedThere)).not.toContain('picture');
	expect(planText({...carriedOut[0]!, picture: true}, typedThere)).toContain(told);
});

test('a long step is told in tenths, at first with the way to stop it', async () => {
	const {carriedOut} = await run(['create', 'web', 'fresh', '--method', 'libvirt-internal', '--yes']);
	const receipt = endedAs(carriedOut[0]!, 'failed');
	const told: string[] = [];
	const tell = tellSteps({host: null, io: {stderr: {write: (text: string) => told.push(text)}}} as unknown as Context);
	for (const percent of [3, 5, 12, 14, 31]) {
		tell({...receipt, progress: {doneBytes: percent * 1024 ** 2, totalBytes: 100 * 1024 ** 2}});
	}
	expect(told.slice(1).join('')).toBe(
		`  3 %, 3 MiB of 100 MiB; to stop it: virsnap cancel ${receipt.id}\n  12 %, 12 MiB of 100 MiB\n  31 %, 31 MiB of 100 MiB\n`,
	);
});
