import {expect, test} from 'vitest';
import {chained, GiB, image} from '../../facts/domain.ts';
import {type FactsLike, facts} from '../../facts/facts.ts';
import {planFor, refusalOf} from '../../facts/plan.ts';
import {external} from '../../facts/snapshot.ts';

const folder = (path: string) => ({path, freeBytes: GiB, writable: true, entries: []});
const base = '/dev/vg/web';
const snapshot = external('s', '/overlays/web.s.qcow2', base);
const on = (top: string): FactsLike => ({
	domain: {disks: [chained('vda', image(top), image(base, [], 'raw'))], snapshots: [snapshot]},
	directories: Object.fromEntries(['/overlays', '/other', '/dev/vg'].map(path => [path, folder(path)])),
	blockDevices: [base],
});
const overlayOf = (like: FactsLike, dir?: string) =>
	planFor(facts(like), {verb: 'revert', tag: 's', ...(dir === undefined ? {} : {dir})}).expect.flatMap(one =>
		one.kind === 'source' ? [one.file] : [],
	);

test('a new overlay stands beside the one that it replaces, not beside a device', () => {
	expect(overlayOf(on('/other/web.later.qcow2'))).toEqual([expect.stringMatching(/^\/other\/web\.s-/)]);
	expect(overlayOf(on('/overlays/web.s.qcow2'))).toEqual([expect.stringMatching(/^\/overlays\/web\.s-/)]);
});

test('or in the folder that was asked for', () => {
	expect(overlayOf(on('/overlays/web.s.qcow2'), '/other')).toEqual([expect.stringMatching(/^\/other\/web\.s-/)]);
	const relative = refusalOf(facts(on('/overlays/web.s.qcow2')), {verb: 'revert', tag: 's', dir: 'other'});
	expect(relative.reason).toContain('not an absolute path');
});
