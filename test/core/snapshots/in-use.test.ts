import {expect, test} from 'vitest';
import type {Domain} from '../../../source/core/model/domain.ts';
import {withUse} from '../../../source/core/snapshots/health/in-use.ts';
import {chained, disk, domain, image} from '../../facts/domain.ts';
import {external} from '../../facts/snapshot.ts';

const [overlay, base] = ['/images/vda.s.qcow2', '/images/vda.qcow2'];
const taken = external('s', overlay, base);
const own = domain({
	disks: [chained('vda', image(overlay), {...image(base), fileIds: ['1:2']})],
	snapshots: [taken],
});
const other = (more: Partial<Domain>) => domain({uuid: 'other', name: 'db', state: 'running', ...more});

test.each<[string, Partial<Domain>, string | null]>([
	['a domain that runs on the base', {disks: [chained('vda', image(base))]}, base],
	['by another name', {disks: [chained('vda', {...image('/link'), fileIds: ['1:2']})]}, '/link'],
	['whose image could not be read', {disks: [disk('vda', {source: base, chain: []})]}, base],
	['one that is off', {state: 'shut off', disks: [chained('vda', image(base))]}, null],
	['a clone', {disks: [chained('vda', image('/clone'), image(base))]}, null],
	['one that only reads', {disks: [{...chained('vda', image(base)), readonly: true}]}, null],
])('a snapshot is in use by another domain on its base: %s', (_, more, file) => {
	const domains = [own, other(more)];
	const [seen, same] = withUse(domains);
	expect(same).toBe(domains[1]);
	if (file === null) return expect(seen).toBe(own);
	expect(seen!.snapshots[0]).toEqual({
		...taken,
		health: 'in-use',
		healthReason: `${file} is in use by db, which runs. Shut db down first.`,
	});
});

test('what the domain itself runs on, and what is wrong otherwise, is told by its own facts', () => {
	const running = domain({state: 'running', disks: [chained('vda', image(base))], snapshots: [taken]});
	expect(withUse([running])[0]).toBe(running);
	const gone = {...own, snapshots: [{...taken, health: 'missing-files' as const}]};
	expect(withUse([gone, other({disks: [chained('vda', image(base))]})])[0]).toBe(gone);
});
