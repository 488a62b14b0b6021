import {describe, expect, test} from 'vitest';
import type {Facts} from '../../source/core/model/facts.ts';
import type {Plan} from '../../source/core/model/plan.ts';
import type {Receipt} from '../../source/core/model/receipt.ts';
import type {Step} from '../../source/core/model/step.ts';
import type {Writes} from '../../source/core/steps/overwritten.ts';
import {step as stepOf} from '../../source/core/steps/step.ts';
import {carryOut} from '../../source/execute/plan/carry-out.ts';
import {newReceipt} from '../../source/execute/receipts/new-receipt.ts';
import type {CommandResult} from '../../source/execute/steps/run-command.ts';
import type {ExecutorSurroundings} from '../../source/execute/surroundings.ts';
import {chained, domain, image} from '../facts/domain.ts';
import {facts} from '../facts/facts.ts';
import {planOf} from '../facts/plan.ts';
import {snapshot} from '../facts/snapshot.ts';
import {saying} from '../helpers/saying.ts';

const before = facts();
const after = facts({domain: domain({snapshots: [snapshot('a')]})});

function step(title: string, more: Partial<Step> = {}): Step {
	// Facts show nothing of this kind, and it changes none.
	const does = {kind: 'compare', overlay: title, base: title, format: 'qcow2'} as const;
	return {title, does, argv: ['do', title], success: 'exit', changes: [], undo: ['undo', title], ...more};
}

function plan(more: Partial<Plan> = {}): Plan {
	return planOf([step('one'), step('two'), step('three')], {
		tag: 'a',
		expect: [{kind: 'snapshot', tag: 'a', health: ['ok']}],
		...more,
	});
}

const ok: CommandResult = {exitCode: 0, stdout: '', stderr: ''};

/** A world that answers from tables and writes down what happened, in order. */
function fakeWorld(
	options: {
		/** What reading finds, one after the other; the last one stays. */
		reads?: (Facts | Error)[];
		results?: Record<string, CommandResult>;
		/** What is found right before another step. */
		between?: Facts;
		/** Device and inode by file. */
		files?: Record<string, string>;
		/** When each was written to. */
		written?: Record<string, string>;
		/** What was written to the definition, one answer after the other. */
		definition?: Writes[];
		/** Saving fails from this receipt on. */
		diskFullAt?: number;
	} = {},
) {
	const diary: string[] = [];
	const saved: Receipt[] = [];
	const reads = [...(options.reads ?? [before, after])];
	const definition = [...(options.definition ?? [])];
	let clock = 0;
	async function read() {
		diary.push('read');
		const found = reads.length > 1 ? reads.shift()! : reads[0]!;
		if (found instanceof Error) throw found;
		return found;
	}
	/** Right before another step the facts are those of before, or what the test says. */
	async function readAfter() {
		const records = saved.at(-1)!.steps.map(({status}) => status);
		const between = records.includes('pending') && records.every(status => status === 'pending' || status === 'done');
		if (!between) return read();
		diary.push('look');
		return options.between ?? before;
	}
	const surroundings: ExecutorSurroundings = {
		facts: read,
		pictures: async () => {},
		factsAfter: readAfter,
		factsBrokenOff: read,
		cancelled: async () => false,
		watch: () => async () => false,
		note: () => {},
		onReceipt: () => {},
		async run(argv, input) {
			diary.push(argv.join(' ') + (input ? ` < ${input}` : ''));
			return options.results?.[argv.join(' ')] ?? ok;
		},
		async save(receipt) {
			if (saved.length >= (options.diskFullAt ?? Number.POSITIVE_INFINITY)) throw new Error('disk full');
			saved.push(structuredClone(receipt));
			diary.push(`save ${receipt.status} ${receipt.steps.map(record => record.status[0]).join('')}`);
		},
		definition: {written: async () => definition.shift() ?? {texts: [], missed: false}},
		identify: async file => options.files?.[file] ?? null,
		writtenAt: async file => options.written?.[file] ?? null,
		now: () => new Date(Date.UTC(2026, 0, 2, 3, 4, 5, clock++)).toISOString(),
		remedyFor: words => (words.includes('locked') ? 'Unlock it.' : null),
	};
	return {surroundings, diary, saved};
}

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

describe('somebody else acts meanwhile', () => {
	const file = '/images/new.qcow2';
	const making = stepOf({kind: 'new-file', file, like: '/images/vda.qcow2', takenOver: 'mode'}, {title: 'make'});
	const told = {[making.argv.join(' ')]: {...ok, stdout: "'a' -> 'b'\n"}};

	test.each([
		['starts the domain', facts({domain: {state: 'running'}}), 'Changed: state: was shut off, is running.'],
		['takes a snapshot', after, 'New: snapshot a: '],
		['renames it', facts({domain: {name: 'web-old'}}), 'Changed: name: was web, is web-old.'],
		['undefines it while it runs', facts({domain: {persistent: false}}), 'Changed: persistent: was yes, is no.'],
		['edits the definition', facts({inactiveXml: '<domain/>'}), 'Changed: definition'],
		[
			'clones it',
			facts({
				others: [domain({uuid: 'c', name: 'c', disks: [chained('vda', image('/c'), image('/images/vda.qcow2'))]})],
			}),
			'New: used by c',
		],
	])('and %s: nothing more is done, and what changed is said', async (_what, between, finding) => {
		const {surroundings, diary} = fakeWorld({between});
		const receipt = await carryOut(plan({steps: [step('one'), step('two')]}), surroundings);
		expect(diary).not.toContain('do two');
		expect(receipt).toMatchObject({
			status: 'failed',
			message: expect.stringMatching(/^Stopped before step 2 of 2 \(two\)/),
		});
		expect(receipt.message).toContain(finding);
	});

	test('a file at a planned path stops the plan before it is touched', async () => {
		const {surroundings, diary} = fakeWorld({files: {[file]: '1:1'}});
		const receipt = await carryOut(plan({steps: [making]}), surroundings);
		expect(receipt).toMatchObject({status: 'stale', message: expect.stringContaining(`${file} exists now`)});
		expect(diary).not.toContain(making.argv.join(' '));
	});

	test('a file that comes in the very moment is not taken for the one that was to be made', async () => {
		const {surroundings} = fakeWorld({results: {[making.argv.join(' ')]: ok}});
		const receipt = await carryOut(plan({steps: [making]}), surroundings);
		expect(receipt).toMatchObject({steps: [{status: 'failed'}], made: {}});
		expect(receipt.message).toContain('File exists');
	});

	test('a file that was put in the place of another is not written to', async () => {
		const files: Record<string, string> = {'/images/vda.qcow2': '1:1'};
		const merging = stepOf(
			{kind: 'image-snapshot', action: 'create', tag: 'a', file: '/images/vda.qcow2'},
			{title: 'take'},
		);
		const {surroundings, diary} = fakeWorld({files});
		const receipt = await carryOut(plan({steps: [merging], files: {'/images/vda.qcow2': '1:2'}}), surroundings);
		expect(receipt).toMatchObject({
			status: 'stale',
			findings: ['/images/vda.qcow2 has been replaced by another file.'],
		});
		expect(diary).not.toContain(merging.argv.join(' '));
	});

	test('no further step runs over what a domain wrote that was started and stopped meanwhile', async () => {
		for (const [writes, goes] of [
			[[], true],
			[['/images/vdb.qcow2'], false],
		] as const) {
			const written: Record<string, string> = {'/images/vda.qcow2': '1', '/images/vdb.qcow2': '1'};
			const taking = ['vda', 'vdb'].map(target =>
				stepOf({kind: 'image-snapshot', action: 'apply', tag: 'a', file: `/images/${target}.qcow2`}, {title: target}),
			);
			const {surroundings, diary} = fakeWorld({written});
			const acting: ExecutorSurroundings = {
				...surroundings,
				async run(argv, input) {
					// Its own command writes to its own image; whoever else does is somebody else.
					for (const file of [argv.at(-1)!, ...writes]) written[file] = `${written[file]} and more`;
					return surroundings.run(argv, input);
				},
			};
			const receipt = await carryOut(plan({steps: taking}), acting);
			expect(diary.includes(taking[1]!.argv.join(' '))).toBe(goes);
			if (!goes) expect(receipt.message).toContain('/images/vdb.qcow2 was written to meanwhile.');
		}
	});

	test('a file that takes the place of the one that was made is neither ours nor good', async () => {
		const files: Record<string, string> = {};
		const filling = stepOf({kind: 'overlay', file, base: '/images/vda.qcow2', format: 'qcow2'}, {title: 'fill'});
		const {surroundings, diary} = fakeWorld({files, results: told, reads: [before, before]});
		const acting: ExecutorSurroundings = {
			...surroundings,
			async run(argv, input) {
				files[file] = argv[0] === 'cp' ? '1:1' : '1:2';
				return surroundings.run(argv, input);
			},
		};
		const receipt = await carryOut(plan({steps: [making, filling, step('one')], onFailure: 'undo'}), acting);
		expect(receipt).toMatchObject({status: 'failed', made: {[file]: '1:1'}});
		expect(receipt.message).toContain(`Another file took the place of ${file}`);
		expect(diary).not.toContain('do one');
		expect(diary).not.toContain(`rm -f -- ${file}`);
	});

	test('a file that was rolled back is made anew by who finishes the operation', async () => {
		const files: Record<string, string> = {};
		const {surroundings} = fakeWorld({files, results: told});
		const acting: ExecutorSurroundings = {
			...surroundings,
			async run(argv, input) {
				files[file] = '1:2';
				return surroundings.run(argv, input);
			},
		};
		const wanted = plan({steps: [making]});
		const begun = {...newReceipt(wanted, surroundings.now()), recovers: 'another', made: {[file]: '1:1'}};
		expect(await carryOut(wanted, acting, begun)).toMatchObject({status: 'verified', made: {[file]: '1:2'}});
	});

	test('a file that was made is recorded with its step, and removed only while it is that very file', async () => {
		for (const [left, status, taken] of [
			['1:1', 'undone', true],
			['1:2', 'failed', false],
		] as const) {
			const files: Record<string, string> = {};
			const {surroundings, diary} = fakeWorld({
				files,
				results: {...told, 'do one': {...ok, exitCode: 1}},
				reads: [before, before],
			});
			const {run} = surroundings;
			const acting: ExecutorSurroundings = {
				...surroundings,
				async run(argv, input) {
					const result = await run(argv, input);
					if (argv[0] === 'cp') files[file] = '1:1';
					if (argv[0] === 'do') files[file] = left;
					return result;
				},
			};
			const receipt = await carryOut(plan({steps: [making, step('one')], onFailure: 'undo'}), acting);
			expect(receipt).toMatchObject({status, made: {[file]: '1:1'}});
			expect(diary.includes(`rm -f -- ${file}`)).toBe(taken);
		}
	});
});

/** A step that puts vda on a new overlay, with the definition of before and of after it. */
function defining() {
	const on = {uri: null, uuid: before.domain.uuid};
	const source = before.domain.disks[0]!.source!;
	const moved = [{target: 'vda', file: '/images/new.qcow2', format: 'qcow2'}];
	const there = [{target: 'vda', file: source, format: 'qcow2'}];
	const undoInput = before.inactiveXml;
	const input = undoInput.replace(source, '/images/new.qcow2');
	const define = stepOf({kind: 'define', on, disks: moved, before: there}, {title: 'define', input, undoInput});
	return {define, source, input, undoInput};
}

const attached = '<disk type="file"><source file="/attached"/><target dev="vdz"/></disk>';
const withAttached = (xml: string) => xml.replace('</devices>', `${attached}</devices>`);

test('a definition is restored with what somebody else has put into it meanwhile', async () => {
	const {define, source, input} = defining();
	// A snapshot of somebody else's stops it.
	const between = facts({domain: {snapshots: [snapshot('other')]}, inactiveXml: withAttached(input)});
	const {surroundings, diary} = fakeWorld({reads: [before, between], between});
	await carryOut(plan({steps: [define, step('two')], onFailure: 'undo'}), surroundings);
	const taken = diary.filter(line => line.startsWith('virsh define')).at(-1);
	expect(taken).toContain(source);
	expect(taken).toContain('/attached');
	expect(taken).not.toContain('/images/new.qcow2');
});

describe('somebody else writes the definition in the same moment', () => {
	const {define, input, undoInput} = defining();
	const theirs = withAttached(undoInput);
	const writes = (...texts: string[]) => ({texts, missed: false});

	test.each<[string, Writes[], string, string | null]>([
		['and not this step over it', [writes(input, withAttached(input))], 'verified', null],
		['and has it back', [writes(theirs, input), writes(theirs)], 'Their change was put back', theirs],
		['again as it is put back', [writes(theirs, input), writes(undoInput, theirs)], 'more than once', theirs],
		['and nobody could read it', [{texts: [input], missed: true}], 'may be lost', null],
	])('%s', async (_what, written, words, restored) => {
		const {surroundings, diary} = fakeWorld({definition: written});
		const {status, message} = await carryOut(plan({steps: [define]}), surroundings);
		expect(`${status}: ${message}`).toContain(words);
		const after = diary.filter(line => line.includes(' define ')).slice(1);
		expect(after.map(line => line.split(' < ').at(-1))).toEqual(restored === null ? [] : [restored]);
	});
});

test('a disk that somebody else has put on another image meanwhile stays there when the definition is taken back', async () => {
	const {define, source, undoInput} = defining();
	const between = facts({
		domain: {snapshots: [snapshot('other')]},
		inactiveXml: undoInput.replace(source, '/images/theirs.qcow2'),
	});
	const {surroundings, diary} = fakeWorld({reads: [before, between], between});
	await carryOut(plan({steps: [define, step('two')], onFailure: 'undo'}), surroundings);
	expect(diary.filter(line => line.startsWith('virsh define')).at(-1)).toContain('/images/theirs.qcow2');
});

test('a file in use by now is not removed', async () => {
	const file = '/images/new.qcow2';
	const making = stepOf({kind: 'new-file', file, like: '/images/vda.qcow2', takenOver: 'mode'}, {title: 'make'});
	const results = {[making.argv.join(' ')]: {...ok, stdout: "'a' -> 'b'"}};
	const files: Record<string, string> = {};
	const between = facts({domain: {state: 'running', disks: [chained('vda', image(file), image('/images/vda.qcow2'))]}});
	const {surroundings, diary} = fakeWorld({files, results, reads: [before, between], between});
	const {run} = surroundings;
	const acting: ExecutorSurroundings = {
		...surroundings,
		async run(argv, input) {
			files[file] = '1:1';
			return run(argv, input);
		},
	};
	const receipt = await carryOut(plan({steps: [making, step('two')], onFailure: 'undo'}), acting);
	expect(diary).not.toContain(`rm -f -- ${file}`);
	expect(receipt).toMatchObject({status: 'failed', message: expect.stringContaining(`${file} is in use`)});
});
