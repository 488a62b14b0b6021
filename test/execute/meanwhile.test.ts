/** What others do while a plan is carried out. */
import {describe, expect, test} from 'vitest';
import type {Writes} from '../../source/core/steps/overwritten.ts';
import {step as stepOf} from '../../source/core/steps/step.ts';
import {carryOut} from '../../source/execute/plan/carry-out.ts';
import {newReceipt} from '../../source/execute/receipts/new-receipt.ts';
import type {ExecutorSurroundings} from '../../source/execute/surroundings.ts';
import {chained, domain, image} from '../facts/domain.ts';
import {facts} from '../facts/facts.ts';
import {snapshot} from '../facts/snapshot.ts';
import {after, before, fakeWorld, ok, plan, step} from './trial-world.ts';

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
