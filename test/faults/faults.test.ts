/** A short draw of `npm run faults`, another one of each kind of fault. */
import process from 'node:process';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {allCases, type Case, shuffled} from './cases.ts';
import {type Bench, setUpBench} from './faults.ts';
import {isOtherAct} from './others.ts';

// File systems that run full are mounted for it.
describe.skipIf(process.getuid?.() !== 0)('whatever is cut, recovery ends well', () => {
	let bench: Bench;
	beforeAll(async () => {
		bench = await setUpBench();
	});
	afterAll(() => bench?.end());

	test.each(draw())('$row.method $verb, step $step: $fault, $when', async wanted => {
		const verdict = await bench.run(wanted);
		expect(verdict).toMatchObject({problem: '', recovered: true});
	});
	test.for(['attach', 'detach', 'edit source'])('%s, before the step that defines', async (fault, {skip}) => {
		const native = (await bench.lab.virsh('capabilities')).includes('<externalSnapshot');
		skip(native, 'libvirt reverts external snapshots itself: no step defines');
		const defining = allCases().filter(
			one =>
				one.fault === fault &&
				one.when === 'before' &&
				one.row.method === 'external-offline' &&
				one.verb === 'revert' &&
				!one.row.middle &&
				!one.row.leftOut,
		);
		const verdicts = [];
		for (const wanted of defining) verdicts.push(await bench.run(wanted));
		expect(verdicts.filter(one => typeof one !== 'number')).toEqual([
			expect.objectContaining({problem: '', recovered: true, ended: 'failed'}),
		]);
	});
});

/** One case of each fault, of first steps, so that each plan has it. */
function draw(): Case[] {
	const kinds = Map.groupBy(
		shuffled(allCases(1), 7).filter(one => (one.when !== 'after' || isOtherAct(one.fault)) && exists(one)),
		one => one.fault,
	);
	return [...kinds.values()].map(([first]) => first!);
}

/** Whether its first step is a command that this fault can strike. */
function exists({fault, row, verb, when}: Case): boolean {
	// Between two steps, so of plans that have two; those of a running domain are told by the whole run alone.
	if (fault === 'file put') return row.method === 'memory' && row.managed !== true && verb === 'create';
	if (isOtherAct(fault)) return row.method === 'qemu-img' && when === 'after' && fault !== 'destroy';
	// Most other plans are for a domain that is off, with no QEMU to die.
	if (fault.startsWith('QEMU')) return row.running && verb === 'create';
	if (fault === 'torn write') return row.method === 'qemu-img';
	if (fault === 'libvirtd torn write') return row.method === 'libvirt-internal';
	return true;
}
