/** What a delete says of children, duplicates, lost work and memory files. */
import {describe, expect, test} from 'vitest';
import {makePlan} from '../../../source/core/make-plan.ts';
import type {Image} from '../../../source/core/model/disk.ts';
import {chained, disk, entry, GiB, image} from '../../facts/domain.ts';
import {type FactsLike, facts, identity} from '../../facts/facts.ts';
import {planFor, refusalOf} from '../../facts/plan.ts';
import {external, snapshot} from '../../facts/snapshot.ts';
import {saying} from '../../helpers/saying.ts';
import {onBase, overlaid, planned, reverted, unmanaged} from './domains.ts';

test('children stay, and move up', () => {
	const snapshots = [snapshot('r'), snapshot('s', {parent: 'r'}), snapshot('t', {parent: 's'})];
	expect(planned({domain: {snapshots}}).warnings).toEqual(['t stays, and moves under r.']);
});

test.each([
	['running', 'none: the domain keeps running'],
	['paused', 'none: it is paused'],
	['shut off', 'none: it is shut off'],
] as const)('how long it stands still is told of a domain that is %s, whoever merges', (state, pause) => {
	for (const libvirt of ['7.0.0', '9.0.0', '11.3.0']) {
		const id = state === 'shut off' ? null : 1;
		const known: FactsLike = {host: {libvirt}, domain: {state, id, snapshots: [onBase], disks: [overlaid]}};
		const outcome = makePlan(facts(known), {verb: 'delete', tag: 's'});
		if ('plan' in outcome) expect(outcome.plan.pause).toBe(pause);
		else expect(state, libvirt).toBe('paused');
	}
});

describe('an overlay that was made smaller than its base', () => {
	const [overlay, base] = overlaid.chain;
	const small = {...overlay!, virtualSizeBytes: GiB};
	const over = (...above: Image[]) => ({
		domain: {snapshots: [onBase], disks: [chained('vda', ...above, small, base!)]},
	});

	test('as the active layer: the disk gets the size of the base, as told', () => {
		expect(planned(over()).warnings.join()).toContain('vda gets the size of its base again');
		expect(planned({domain: {snapshots: [onBase], disks: [overlaid]}}).warnings.join()).not.toContain('size');
	});

	test('below one that was made larger again: refused, since old data would show in it', () => {
		const refusal = refusalOf(facts(over(image('/images/vda.t.qcow2'))), {verb: 'delete', tag: 's'});
		expect(refusal.reason).toContain('would contain data that it does not contain now');
		expect(refusal.remedy).toContain(`qemu-img resize /images/vda.s.qcow2 ${10 * GiB}`);
		const plan = planned(over({...small, file: '/images/vda.t.qcow2'}));
		expect(plan.warnings.join()).not.toContain('size');
	});
});

test('the data file of an overlay stays, as told', () => {
	const [overlay, base] = overlaid.chain;
	const disks = [chained('vda', {...overlay!, dataFile: '/images/vda.bytes'}, base!)];
	for (const libvirt of ['7.0.0', '9.0.0']) {
		const {warnings} = planned({host: {libvirt}, domain: {snapshots: [onBase], disks}});
		expect(warnings).toContain('/images/vda.bytes, with the data of /images/vda.s.qcow2, stays on disk.');
	}
});

test('how much becomes free is said where it was read, but not where only the record goes', () => {
	const size = {
		tag: 's',
		duplicates: 0,
		about: false,
		ownBytes: 12 * 1024 ** 2,
		sinceBytes: null,
		reason: null,
		disks: [],
	};
	const known = {domain: {snapshots: [snapshot('s')]}, sizes: [size]};
	expect(planned(known).losses.join(' ')).toContain('Deleting it frees 12 MiB.');
	expect(planned(known, {metadataOnly: true}).losses.join(' ')).not.toContain('frees');
});

describe('of several with one tag', () => {
	const twice = disk('vda', {chain: [image('/images/vda.qcow2', [entry('s'), entry('s', {id: '2'})])]});
	const second = {...unmanaged, duplicates: 1, disks: unmanaged.disks.map(part => ({...part, id: '2'}))};
	const domain = {disks: [twice], snapshots: [unmanaged, second]};

	test('which one is asked', () => {
		const {code, reason, remedy} = refusalOf(facts({domain}), {verb: 'delete', tag: 's'});
		expect(code).toBe('ambiguous-tag');
		expect(reason).toMatch(/ID 1 of .* and ID 2 of /);
		expect(remedy).toEqual(saying('virsnap delete web s --id=2'));
	});

	test('the first of them can be chosen, the other stays', () => {
		const plan = planned({domain}, {id: '1'});
		expect(plan.steps.map(({argv}) => argv)).toEqual([['qemu-img', 'snapshot', '-d', 's', '/images/vda.qcow2']]);
		expect(plan.expect).toEqual([]);
	});

	test.each<[string, object, string, string]>([
		['no such ID', {}, '3', 'not-found'],
		['QEMU is running', {state: 'running'}, '2', 'wrong-state'],
		['another one comes before it', {}, '2', 'ambiguous-tag'],
	])('%s', (_, more, id, code) => {
		expect(refusalOf(facts({domain: {...domain, ...more}}), {verb: 'delete', tag: 's', id}).code).toBe(code);
	});
});

test('an external delete after a revert names the work that goes with it', () => {
	const directories = {'/images': {path: '/images', freeBytes: 1e9, writable: true, entries: ['vda.s.qcow2']}};
	const plan = planned({domain: {snapshots: [onBase], disks: [reverted]}, directories});
	expect(plan.losses.join(' ')).toContain('/images/vda.s.qcow2');
	expect(plan.steps[1]!.input).toContain('<source file="/images/vda.qcow2"/>');
});

test.each([
	['9.0.0', true, 2, ''],
	['9.0.0', false, 1, '/images/web.memory stays on disk'],
	['9.1.0', true, 1, ''],
])(
	'libvirt %s, folder writable: %s: the memory file goes with the snapshot, or is named',
	(libvirt, writable, steps, warned) => {
		const full = {...onBase, memoryFile: '/images/web.memory'};
		const directories = {'/images': {path: '/images', freeBytes: 1e9, writable, entries: ['web.memory']}};
		const plan = planned({domain: {snapshots: [full], disks: [overlaid]}, host: {libvirt}, directories});
		expect(plan.steps).toHaveLength(steps);
		if (steps === 2) expect(plan.steps[1]!.argv).toEqual(['rm', '-f', '--', '/images/web.memory']);
		expect(plan.warnings.join(' ')).toContain(warned);
	},
);

test('memory alone is deleted while QEMU does not use the images: none is touched', () => {
	const memory = snapshot('m', {kind: 'memory', disks: [], memoryFile: '/images/web.memory'});
	const held = {
		domain: {state: 'paused' as const, snapshots: [memory, snapshot('s')]},
		held: 'images inactive' as const,
	};
	expect(planned(held, {tag: 'm'}).steps.map(({does}) => does.kind)).toEqual(['forget-snapshot']);
	expect(refusalOf(facts(held), {verb: 'delete', tag: 's'}).code).toBe('wrong-state');
});

test.each([
	['/images', [], true],
	['/images', ['vda.qcow2', 'vda.s.qcow2'], false],
	// As receipts name folders; of a file that an earlier operation has made it is known whether it is there.
	['/made', [], true],
	['/empty', [], false],
] as const)('that overlays may lie in a folder that cannot be listed: %s with %j', (path, entries, told) => {
	const files = ['/images/vda.s.qcow2', '/images/vda.qcow2'] as const;
	const holding = facts({
		domain: {
			disks: [chained('vda', image(files[0]), image(files[1]))],
			snapshots: [external('s', ...files)],
		},
		directories: {
			'/images': {path: '/images', freeBytes: 100 * GiB, writable: true, entries: ['vda.qcow2', 'vda.s.qcow2']},
			[path]: {path, freeBytes: 100 * GiB, writable: true, entries},
		},
		identities: {'/made/overlay.qcow2': identity('/made/overlay.qcow2')},
	});
	const {warnings} = planFor(holding, {verb: 'delete', tag: 's'});
	expect(warnings.join().includes(`The files in ${path} could not be listed`)).toBe(told);
});
