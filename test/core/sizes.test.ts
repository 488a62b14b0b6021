/** Sizes of images joined to a domain's snapshots. */
import {describe, expect, test} from 'vitest';
import {
	type ImageSizes,
	imagesToRead,
	internalParts,
	sizesOf,
	totalOf,
} from '../../source/core/snapshots/contents/sizes.ts';
import {chained, disk, domain, GiB, image} from '../facts/domain.ts';
import {external, snapshot} from '../facts/snapshot.ts';

const internal = (target: string, id: string) => ({
	target,
	kind: 'internal' as const,
	id,
	file: `/images/${target}.qcow2`,
	source: `/images/${target}.qcow2`,
});
const read = (...snapshots: [string, number | null, number, string?][]): ImageSizes => ({
	reason: null,
	snapshots: snapshots.map(([id, ownBytes, sinceBytes, reason = null]) => ({
		id,
		tag: `tag ${id}`,
		ownBytes,
		sinceBytes,
		reason,
	})),
});

describe('internal snapshots', () => {
	const both = snapshot('both', {disks: [internal('vda', '1'), internal('vdb', '7')]});
	const two = domain({disks: [disk('vda'), disk('vdb')], snapshots: [both]});

	test('summed up over the disks, found by the ID in each image', () => {
		const images = new Map([
			['/images/vda.qcow2', read(['2', 1, 1], ['1', 100, 1000])],
			['/images/vdb.qcow2', read(['7', 20, 0])],
		]);
		expect(sizesOf(two, images)).toEqual([
			{
				tag: 'both',
				duplicates: 0,
				about: false,
				ownBytes: 120,
				sinceBytes: 1000,
				reason: null,
				disks: [
					{target: 'vda', ownBytes: 100, sinceBytes: 1000, reason: null, copies: null},
					{target: 'vdb', ownBytes: 20, sinceBytes: 0, reason: null, copies: null},
				],
			},
		]);
		expect(imagesToRead(two.snapshots)).toEqual(['/images/vda.qcow2', '/images/vdb.qcow2']);
	});

	test('not known as long as one disk is not', () => {
		const images = new Map([['/images/vda.qcow2', read(['1', 100, 1000])]]);
		expect(sizesOf(two, images)[0]).toMatchObject({ownBytes: null, sinceBytes: null, reason: null});
		const why = new Map([...images, ['/images/vdb.qcow2', {snapshots: [], reason: 'It is damaged.'}] as const]);
		expect(sizesOf(two, why)[0]).toMatchObject({ownBytes: null, reason: '/images/vdb.qcow2: It is damaged.'});
		const unsure = new Map([...images, ['/images/vdb.qcow2', read(['7', null, 5, 'Counted late.'])] as const]);
		expect(sizesOf(two, unsure)[0]).toMatchObject({ownBytes: null, sinceBytes: 1005, reason: 'Counted late.'});
	});

	test('of a running domain: about', () => {
		expect(sizesOf({...two, state: 'running'}, new Map())[0]).toMatchObject({about: true});
	});

	test('gone from the image', () => {
		const images = new Map([['/images/vda.qcow2', read()]]);
		const one = domain({snapshots: [snapshot('one')]});
		expect(sizesOf(one, images)[0]!.reason).toBe('/images/vda.qcow2 does not hold this snapshot any more.');
		const orphan = domain({snapshots: [snapshot('one', {disks: [{...internal('vda', '1'), id: null}]})]});
		expect(sizesOf(orphan, images)[0]!.reason).toBe('The image of vda does not hold this snapshot.');
	});

	test('in a base: what its overlays hold would be discarded, too', () => {
		const layers = [image('/images/top.qcow2'), image('/images/vda.qcow2')];
		const based = domain({disks: [chained('vda', ...layers)], snapshots: [snapshot('one')]});
		const images = new Map([['/images/vda.qcow2', read(['1', 100, 1000])]]);
		expect(sizesOf(based, images)[0]).toMatchObject({ownBytes: 100, sinceBytes: GiB + 1000});
		const away = domain({disks: [chained('vda', layers[0]!)], snapshots: [snapshot('one')]});
		expect(sizesOf(away, images)[0]).toMatchObject({ownBytes: 100, sinceBytes: null});
	});

	test('deleted together: asked for by image', () => {
		const three = snapshot('three', {disks: [internal('vda', '3')]});
		expect(internalParts([both, three])).toEqual(
			new Map([
				['/images/vda.qcow2', ['1', '3']],
				['/images/vdb.qcow2', ['7']],
			]),
		);
		expect(internalParts([both, external('outer', '/images/o.qcow2', '/images/vda.qcow2')])).toBeNull();
	});
});

describe('external snapshots', () => {
	const first = external('first', '/images/one.qcow2', '/images/vda.qcow2');
	const second = external('second', '/images/two.qcow2', '/images/one.qcow2');
	const layers = ['/images/two.qcow2', '/images/one.qcow2', '/images/vda.qcow2'].map(file => image(file));
	const stacked = domain({disks: [chained('vda', ...layers)], snapshots: [first, second]});

	test('a revert discards all layers above the base, a deletion merges one', () => {
		const [one, two] = sizesOf(stacked, new Map());
		expect(one).toMatchObject({ownBytes: null, sinceBytes: 2 * GiB});
		expect(one!.disks[0]!.copies).toEqual({bytes: GiB, from: '/images/one.qcow2', to: '/images/vda.qcow2'});
		expect(one!.reason).toBe(
			'Deleting it merges up to 1 GiB into /images/vda.qcow2; how much that frees is known afterwards.',
		);
		expect(two).toMatchObject({sinceBytes: GiB});
		expect(imagesToRead(stacked.snapshots)).toEqual([]);
	});

	test('on another branch: its unused overlay is known where it was looked for', () => {
		const away = domain({snapshots: [second]});
		const unused = [{file: '/images/two.qcow2', bytes: 5, base: '/images/one.qcow2'}];
		expect(sizesOf(away, new Map(), unused)[0]).toMatchObject({sinceBytes: null, disks: [{copies: {bytes: 5}}]});
		expect(sizesOf(away, new Map())[0]).toMatchObject({
			sinceBytes: null,
			reason: 'vda does not run on an overlay of this snapshot now. How much the overlay of vda holds is not known.',
		});
	});

	test('the domain writes to the base itself: what was written there cannot be told apart', () => {
		expect(sizesOf(domain({snapshots: [first]}), new Map())[0]).toMatchObject({sinceBytes: null});
	});
});

test('memory only', () => {
	const saved = snapshot('saved', {kind: 'memory', disks: [], vmSizeBytes: 77});
	expect(sizesOf(domain({snapshots: [saved]}), new Map())[0]).toMatchObject({ownBytes: 77, sinceBytes: null});
});

test('totals', () => {
	const known = {ownBytes: 1, sinceBytes: 2, reason: null};
	expect(totalOf([known, known])).toEqual({ownBytes: 2, sinceBytes: 4, reason: null});
	expect(totalOf([])).toEqual({ownBytes: 0, sinceBytes: 0, reason: null});
	expect(totalOf([known, {ownBytes: null, sinceBytes: 1, reason: 'why'}, known])).toEqual({
		ownBytes: null,
		sinceBytes: 5,
		reason: 'why',
	});
});
