/** What a clone of a snapshot in the middle of a chain depends on is written to and removed by no plan. */
import {describe, expect, test} from 'vitest';
import {makePlan} from '../../../source/core/make-plan.ts';
import type {Intent} from '../../../source/core/model/intent.ts';
import {removes, writesImages} from '../../../source/core/steps/step.ts';
import {chained, domain, entry, image} from '../../facts/domain.ts';
import {facts} from '../../facts/facts.ts';
import {external, recordedXml} from '../../facts/snapshot.ts';

const layers = ['/images/three.qcow2', '/images/two.qcow2', '/images/one.qcow2', '/images/vda.qcow2'] as const;
const [above, overlay, layer, base] = layers;
const clone = domain({uuid: 'c', name: 'clone', disks: [chained('vda', image('/c.qcow2'), image(layer), image(base))]});
const snapshots = [
	external('one', layer, base),
	external('two', overlay, layer, {parent: 'one'}),
	external('three', above, overlay, {parent: 'two', current: true}),
];

const worlds = (['running', 'shut off'] as const).flatMap(state =>
	[
		{libvirt: '9.0.0', externalSnapshots: false},
		{libvirt: '11.3.0', externalSnapshots: true},
	].map(host => ({state, host})),
);

describe.each(worlds)('$state, libvirt $host.libvirt', ({state, host}) => {
	const known = (more: readonly ReturnType<typeof domain>[]) =>
		facts({
			host,
			domain: {state, snapshots, disks: [chained('vda', ...layers.map(file => image(file)))]},
			snapshotXml: recordedXml(snapshots),
			others: more,
		});

	test.each<[string, Intent]>([
		['its own snapshot', {verb: 'delete', tag: 'two'}],
		['the one whose overlay it is', {verb: 'delete', tag: 'one'}],
		['a branch', {verb: 'delete', tag: 'one', children: true}],
	])('delete of %s is refused, and names the clone', (_, intent) => {
		const reason = expect.stringContaining('clone');
		expect(makePlan(known([clone]), intent)).toMatchObject({refusal: {code: 'has-dependants', reason}});
		expect(makePlan(known([]), intent)).not.toMatchObject({refusal: {code: 'has-dependants'}});
	});

	test.each<Intent>([
		{verb: 'delete', tag: 'three'},
		...['one', 'two', 'three'].map((tag): Intent => ({verb: 'revert', tag})),
		{verb: 'start'},
	])('%j leaves its layers alone', intent => {
		const outcome = makePlan(known([clone]), intent);
		if ('refusal' in outcome) {
			// Whatever it is refused for, the clone is not what keeps it.
			expect(outcome.refusal.code).not.toBe('has-dependants');
			return;
		}
		const {steps} = outcome.plan;
		const touched = steps.flatMap(one => [...writesImages(one), ...removes(one)]);
		const merged = steps.flatMap(({does}) => (does.kind === 'live-merge' ? [does.top, does.base] : []));
		for (const file of [layer, base]) expect([...touched, ...merged]).not.toContain(file);
	});
});

test('a snapshot inside such a layer is neither deleted nor reverted to', () => {
	const inner = {...external('in', '', ''), kind: 'internal' as const};
	const found = facts({
		domain: {
			disks: [chained('vda', image(above), image(layer, [entry('in')]), image(base))],
			snapshots: [
				{
					...inner,
					libvirt: false,
					health: 'unmanaged',
					disks: [{target: 'vda', kind: 'internal', id: '1', file: layer, source: null}],
				},
			],
		},
		others: [clone],
	});
	for (const verb of ['delete', 'revert'] as const)
		expect(makePlan(found, {verb, tag: 'in'})).toMatchObject({refusal: {code: 'has-dependants'}});
});
