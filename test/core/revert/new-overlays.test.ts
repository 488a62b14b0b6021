import {expect, test} from 'vitest';
import {chained, GiB, image} from '../../facts/domain.ts';
import {type FactsLike, facts} from '../../facts/facts.ts';
import {planFor, refusalOf} from '../../facts/plan.ts';
import {external} from '../../facts/snapshot.ts';
import {saying} from '../../helpers/saying.ts';

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

test('a second one within the same second gets a name of its own', () => {
	const like = on('/overlays/web.s.qcow2');
	const [first] = overlayOf(like);
	const entries = [first!.slice('/overlays/'.length)];
	const taken = {...like, directories: {...like.directories, '/overlays': {...folder('/overlays'), entries}}};
	expect(overlayOf(taken)).toEqual([first!.replace('.qcow2', '-2.qcow2')]);
});

test('or in the folder that was asked for', () => {
	expect(overlayOf(on('/overlays/web.s.qcow2'), '/other')).toEqual([expect.stringMatching(/^\/other\/web\.s-/)]);
	const relative = refusalOf(facts(on('/overlays/web.s.qcow2')), {verb: 'revert', tag: 's', dir: 'other'});
	expect(relative.reason).toContain('not an absolute path');
});

test.each([
	['disks only', null, 'cp'],
	['memory too', '/images/web.memory', 'snapshot-revert'],
])('a disk of the snapshot that was attached live only, %s: %s', (_, memoryFile, first) => {
	const bases = {vda: '/images/vda.qcow2', vdb: '/images/vdb.qcow2'};
	const disks = Object.entries(bases).map(
		([target, file]) => `<disk><driver type='qcow2'/><source file='${file}'/><target dev='${target}'/></disk>`,
	);
	const [whole, defined] = [disks.join(''), disks[0]!].map(part => `<devices>${part}</devices>`);
	const taken = external('s', '/images/vda.s.qcow2', bases.vda, {memoryFile});
	const [part] = taken.disks;
	const live = {...part!, target: 'vdb', file: '/images/vdb.s.qcow2', source: bases.vdb};
	const plan = planFor(
		facts({
			domain: {
				disks: [chained('vda', image('/images/vda.s.qcow2'), image(bases.vda))],
				snapshots: [{...taken, state: memoryFile === null ? 'disk-snapshot' : 'running', disks: [part!, live]}],
			},
			snapshotXml: {
				s: `<domainsnapshot><domain>${whole}</domain><inactiveDomain>${defined}</inactiveDomain></domainsnapshot>`,
			},
			host: {libvirt: '11.3.0', externalSnapshots: true},
		}),
		{verb: 'revert', tag: 's'},
	);
	expect(plan.steps[0]!.argv).toContain(first);
	expect(plan.warnings.join(' ')).toContain(memoryFile === null ? 'vdb. The definition gets it back' : 'shut off: vdb');
	expect(plan.why.includes('does not bring back vdb')).toBe(memoryFile === null);
});

test('where libvirt would delete what others need, and no snapshot is the right current one, its remedy leads to a plan', () => {
	const file = (name: string) => `/images/${name}.qcow2`;
	const snapshots = [
		external('a', file('vda.a'), file('vda'), {current: true}),
		external('b', file('vda.b'), file('vda.a'), {parent: 'a'}),
	];
	const found = (state: 'running' | 'shut off') =>
		facts({
			domain: {state, disks: [chained('vda', image(file('vda.own')), image(file('vda')))], snapshots},
			host: {libvirt: '11.3.0', externalSnapshots: true},
			directories: {
				'/images': {...folder('/images'), entries: ['vda', 'vda.a', 'vda.b', 'vda.own'].map(one => `${one}.qcow2`)},
			},
		});
	const refused = refusalOf(found('shut off'), {verb: 'revert', tag: 'b'});
	expect(refused).toMatchObject({code: 'has-dependants', remedy: saying('with a folder for the new overlays: --dir.')});
	expect(refusalOf(found('running'), {verb: 'revert', tag: 'b'}).remedy).toEqual(saying('Shut it down'));
	const {steps} = planFor(found('shut off'), {verb: 'revert', tag: 'b', dir: '/images'});
	expect(steps.map(({does}) => does.kind)).not.toContain('revert-snapshot');
	expect(steps.flatMap(({changes}) => changes).filter(({sign}) => sign === '-')).toEqual([]);
});

test.each([
	['/images/a,b.qcow2', 'cp'],
	['/images/ab.qcow2', 'virsh'],
])('on %s, whose comma libvirt would double for qemu-img: %s', (file, first) => {
	const taken = external('s', '/images/web.s.qcow2', file);
	const plan = planFor(
		facts({
			domain: {disks: [chained('vda', image('/images/web.s.qcow2'), image(file))], snapshots: [taken]},
			host: {libvirt: '11.3.0', externalSnapshots: true},
			directories: {'/images': folder('/images')},
		}),
		{verb: 'revert', tag: 's'},
	);
	expect(plan.steps[0]!.argv[0]).toBe(first);
});
