import {describe, expect, test} from 'vitest';
import type {Disk} from '../../../source/core/model/disk.ts';
import type {LibvirtSnapshot} from '../../../source/core/model/snapshot.ts';
import {joinSnapshots} from '../../../source/core/snapshots/join.ts';
import {cdrom, chained, disk, entry, image, taken} from '../../facts/domain.ts';
import {record} from '../../facts/snapshot.ts';

const none: ReadonlyMap<string, string> = new Map();
const absent = (files: readonly string[]) => new Map(files.map(file => [file, file]));
const join = (disks: readonly Disk[], records: readonly LibvirtSnapshot[], missing = none) =>
	joinSnapshots(disks, records, missing);
const internalPart = (target: string) => ({
	target,
	snapshot: 'internal' as const,
	file: null,
	source: `/images/${target}.qcow2`,
});
const overlayPart = (target: string, file: string, source: string) => ({
	target,
	snapshot: 'external' as const,
	file,
	source,
});
const holding = (target: string, ...entries: Parameters<typeof entry>[]) =>
	disk(target, {
		chain: [
			image(
				`/images/${target}.qcow2`,
				entries.map(each => entry(...each)),
			),
		],
	});
const later = '2026-03-01T10:00:31.000Z';
const bit = '2026-03-01T10:00:29.500Z';
const both = [internalPart('vda'), internalPart('vdb')];
const live = {state: 'running', memory: {kind: 'internal', file: null}} as const;
const onOverlay = chained('vda', image('/images/vda.x.qcow2'), image('/images/vda.qcow2', [entry('s')]));
const external = {state: 'disk-snapshot', disks: [overlayPart('vda', '/images/vda.x.qcow2', '/images/vda.qcow2')]};

const reverted = chained('vda', image('/images/vda.new.qcow2'), image('/images/vda.qcow2'));

describe('health', () => {
	test.each<[string, Disk[], LibvirtSnapshot[], string[], string[]]>([
		['in libvirt and the table', [holding('vda', ['s'])], [record('s')], [], ['ok']],
		[
			'in libvirt and both tables',
			[holding('vda', ['s']), holding('vdb', ['s']), cdrom],
			[record('s', {disks: both})],
			[],
			['ok'],
		],
		[
			'live: memory on the first disk only',
			[holding('vda', ['s', {vmSizeBytes: 900}]), holding('vdb', ['s'])],
			[record('s', {...live, disks: both})],
			[],
			['ok'],
		],
		['some seconds apart', [holding('vda', ['s', {createdAt: bit}])], [record('s')], [], ['ok']],
		['in the base, under an overlay', [onOverlay], [record('s')], [], ['ok']],
		['a disk was added since', [holding('vda', ['s']), disk('vdb')], [record('s')], [], ['ok']],
		['a disk was taken out since', [holding('vda', ['s'])], [record('s', {disks: both})], [], ['ok']],
		['left out on purpose', [holding('vda', ['s']), disk('vdb', {snapshotPolicy: 'no'})], [record('s')], [], ['ok']],
		[
			'the image cannot be read',
			[disk('vda', {chain: [], unreadable: {reason: 'x', remedy: 'y'}})],
			[record('s')],
			[],
			['unchecked'],
		],
		[
			'one of two images cannot be read',
			[holding('vda', ['s']), disk('vdb', {chain: [], unreadable: {reason: 'x', remedy: 'y'}})],
			[record('s', {disks: both})],
			[],
			['unchecked'],
		],
		[
			'external, the chain cannot be read',
			[disk('vda', {source: '/images/vda.x.qcow2', chain: [], unreadable: {reason: 'x', remedy: 'y'}})],
			[record('x', external)],
			[],
			['unchecked'],
		],
		[
			'in an image that is not in use',
			[chained('vda', image('/images/other.qcow2'))],
			[record('s')],
			[],
			['unchecked'],
		],
		['in the table only', [holding('vda', ['s'])], [], [], ['unmanaged']],
		['in both tables only', [holding('vda', ['s']), holding('vdb', ['s'])], [], [], ['unmanaged']],
		['in the base only', [onOverlay], [], [], ['unmanaged']],
		['in one of two tables', [holding('vda', ['s']), disk('vdb')], [], [], ['partial']],
		['one of two tables lost it', [holding('vda', ['s']), disk('vdb')], [record('s', {disks: both})], [], ['partial']],
		['one disk is raw', [holding('vda', ['s']), disk('vdb', {format: 'raw'})], [], [], ['partial']],
		['the table lost it', [disk('vda')], [record('s')], [], ['orphaned']],
		['both tables lost it', [disk('vda'), disk('vdb')], [record('s', {disks: both})], [], ['orphaned']],
		[
			'lost in the base, though the overlay has the tag',
			[chained('vda', image('/images/vda.x.qcow2', [entry('s')]), image('/images/vda.qcow2'))],
			[record('s')],
			[],
			['orphaned', 'unmanaged'],
		],
		['another date', [holding('vda', ['s', {createdAt: later}])], [record('s')], [], ['replaced']],
		['taken shut off, memory in the table', [holding('vda', ['s', {vmSizeBytes: 1}])], [record('s')], [], ['replaced']],
		['taken running, no memory in the table', [holding('vda', ['s'])], [record('s', live)], [], ['replaced']],
		['external, overlay in use', [onOverlay], [record('x', external)], [], ['ok', 'unmanaged']],
		['external, overlay kept aside', [reverted], [record('x', external)], [], ['ok']],
		['external, the domain runs on the base itself', [disk('vda')], [record('x', external)], [], ['orphaned']],
		['external, overlay gone, as after a revert', [reverted], [record('x', external)], ['/images/vda.x.qcow2'], ['ok']],
		['external, base gone', [disk('vdb')], [record('x', external)], ['/images/vda.qcow2'], ['missing-files']],
		[
			'external, base gone',
			[disk('vda', {source: '/images/vda.x.qcow2'})],
			[record('x', external)],
			['/images/vda.qcow2'],
			['missing-files'],
		],
		[
			'external, memory gone',
			[onOverlay],
			[record('x', {...external, memory: {kind: 'external', file: '/m'}})],
			['/m'],
			['missing-files', 'unmanaged'],
		],
		['twice in one table', [holding('vda', ['s'], ['s', {id: '2'}])], [], [], ['unmanaged', 'unmanaged']],
		[
			'twice, one of them of libvirt',
			[holding('vda', ['s'], ['s', {id: '2'}])],
			[record('s')],
			[],
			['ok', 'unmanaged'],
		],
	])('%s', (_, disks, records, missing, health) => {
		const joined = join(disks, records, absent(missing));
		expect(joined.map(snapshot => snapshot.health)).toEqual(health);
		for (const snapshot of joined) if (snapshot.health !== 'ok') expect(snapshot.healthReason).toMatch(/\.$/);
	});
});

test.each([
	['which a revert has left', ['/images/new', '/images/0'], 'missing-files'],
	['which a layer above does not need by now', ['/images/3', '/images/2'], 'ok'],
])('a layer is gone below the base: %s', (_, chain, health) => {
	const part = (number: number) => overlayPart('vda', `/images/${number}`, `/images/${number - 1}`);
	const records = [1, 2, 3].map(number => record(`s${number}`, {disks: [part(number)]}));
	const disks = [chained('vda', ...chain.map(file => image(file)))];
	const joined = join(disks, records, absent(['/images/1']));
	expect(joined.find(({tag}) => tag === 's3')?.health).toBe(health);
});

test.each([
	['2026-03-01T10:00:00.700Z', /nothing has written to it yet.*define vda on \/images\/vda\.x\.qcow2 again/],
	['2026-03-01T10:05:00.000Z', /its saved data is overwritten/],
])('the domain runs on the base itself, which was written to at %s', (at, words) => {
	const records = [record('x', {disks: [overlayPart('vda', '/images/vda.x.qcow2', '/images/vda.qcow2')]})];
	const [joined] = joinSnapshots([disk('vda')], records, none, new Map(), {'/images/vda.qcow2': at});
	expect(joined).toMatchObject({health: 'orphaned', healthReason: expect.stringMatching(words)});
});

describe('an overlay in the middle that was merged into its base, while libvirt still has its record', () => {
	const part = (target: string, tag: string, on: string) =>
		overlayPart(target, `/images/${target}.${tag}.qcow2`, `/images/${target}.${on}.qcow2`);
	const parts = (tag: string, on: string) => ({
		state: 'disk-snapshot',
		disks: [part('vda', tag, on), part('vdb', tag, on)],
	});
	const records = [
		record('point', parts('point', 'below')),
		record('above', {...parts('above', 'point'), parent: 'point'}),
	];
	const chain = (target: string, ...tags: string[]) =>
		chained(target, ...tags.map(tag => image(`/images/${target}.${tag}.qcow2`)));
	const whole = (target: string) => chain(target, 'above', 'point', 'below');
	const merged = (target: string) => chain(target, 'above', 'below');

	test.each<[string, Disk[], string[], string[]]>([
		['not yet', [whole('vda'), whole('vdb')], [], ['ok', 'ok']],
		['in one disk', [merged('vda'), whole('vdb')], [], ['partial', 'ok']],
		['in both', [merged('vda'), merged('vdb')], [], ['orphaned', 'ok']],
		[
			'in both, and gone from one',
			[merged('vda'), merged('vdb')],
			['/images/vda.point.qcow2'],
			['orphaned', 'missing-files'],
		],
	])('%s', (_, disks, missing, health) => {
		const joined = join(disks, records, absent(missing));
		expect(joined.map(snapshot => snapshot.health)).toEqual(health);
		for (const {health, healthReason} of joined)
			if (health !== 'ok') expect(healthReason).toMatch(/Delete (?:it|point) again/);
	});
});

describe('sentences name disks and files', () => {
	test.each<[string, Disk[], LibvirtSnapshot[], string[], RegExp]>([
		['partial', [holding('vda', ['s']), disk('vdb')], [], [], /^In vda, but not in vdb\. .*delete the snapshot/],
		[
			'orphaned',
			[disk('vda')],
			[record('s')],
			[],
			/no longer in vda \(\/images\/vda\.qcow2\)\. A revert would shut off a running domain/,
		],
		['missing', [disk('vdb')], [record('x', external)], ['/images/vda.qcow2'], /^\/images\/vda\.qcow2 is missing/],
		[
			'missing, but moved',
			[chained('vda', image('/elsewhere/vda.qcow2', [entry('s')]))],
			[record('s')],
			['/images/vda.qcow2'],
			/missing, but \/elsewhere\/vda\.qcow2 holds a snapshot of this tag and time, listed as unmanaged: revert to that one/,
		],
		['added since', [holding('vda', ['s']), disk('vdb')], [record('s')], [], /^Added since, so not in it: vdb\.$/],
		[
			'another target',
			[{...holding('vda', ['s']), target: 'sdb'}],
			[record('s')],
			[],
			/^What was vda then is sdb now\.$/,
		],
		[
			'another one in front',
			[chained('vda', image('/images/new.qcow2')), {...onOverlay, target: 'vdb'}],
			[record('x', external)],
			[],
			/^Added since, so not in it: vda\. What was vda then is vdb now\.$/,
		],
		[
			'unmanaged',
			[holding('vda', ['s']), holding('vdb', ['s', {createdAt: later}])],
			[],
			[],
			/vda and vdb were taken at different times/,
		],
	])('%s', (_, disks, records, missing, sentence) => {
		expect(join(disks, records, absent(missing))[0]!.healthReason).toMatch(sentence);
	});

	test.each<[string, Disk[], string[], boolean]>([
		['behind it in its table', [holding('vda', ['s'], ['s', {id: '2'}])], [], true],
		[
			'in a layer above',
			[chained('vda', image('/images/vda.x.qcow2', [entry('s')]), image('/images/vda.qcow2'))],
			[],
			false,
		],
		['where the image was moved to', [chained('vda', image('/b.qcow2', [entry('s')]))], ['/images/vda.qcow2'], false],
	])('of a tag that libvirt has recorded, %s', (_, disks, missing, hidden) => {
		const {healthReason} = join(disks, [record('s')], absent(missing)).find(({libvirt}) => !libvirt)!;
		expect(healthReason.includes('comes before it')).toBe(hidden);
	});

	test('a sound snapshot needs none', () => {
		expect(join([holding('vda', ['s'])], [record('s')])[0]!.healthReason).toBe('');
	});
});

test('an external checkpoint: its size is that of its memory file, where that can be looked at', () => {
	const records = [record('x', {...external, memory: {kind: 'external', file: '/m'}})];
	expect(joinSnapshots([reverted], records, none, new Map([['/m', 78_194_126]]))).toMatchObject([
		{vmSizeBytes: 78_194_126},
	]);
	expect(joinSnapshots([reverted], records, none)).toMatchObject([{vmSizeBytes: null}]);
});

test('a live checkpoint: size and clock are those of the disk that holds the memory', () => {
	const disks = [
		holding('vda', ['s', {id: '4', vmSizeBytes: 900, vmClockNs: 77}]),
		holding('vdb', ['s', {id: '9', vmClockNs: 77}]),
	];
	expect(join(disks, [record('s', {...live, disks: both, current: true, description: 'words'})])).toEqual([
		{
			protected: false,
			expiresAt: null,
			tag: 's',
			health: 'ok',
			healthReason: '',
			kind: 'internal',
			state: 'running',
			createdAt: taken,
			vmSizeBytes: 900,
			vmClockNs: 77,
			parent: null,
			current: true,
			description: 'words',
			libvirt: true,
			memoryFile: null,
			disks: [
				{target: 'vda', kind: 'internal', id: '4', file: '/images/vda.qcow2', source: '/images/vda.qcow2'},
				{target: 'vdb', kind: 'internal', id: '9', file: '/images/vdb.qcow2', source: '/images/vdb.qcow2'},
			],
			leftOut: [],
			revertFiles: [],
			duplicates: 0,
		},
	]);
});

test('oldest first, and a parent before its child of the same second', () => {
	const records = [record('b', {parent: 'z'}), record('z'), record('a', {createdAt: '2026-03-02T00:00:00.000Z'})];
	const disks = [
		holding(
			'vda',
			['b'],
			['z', {id: '2'}],
			['a', {id: '3', createdAt: '2026-03-02T00:00:00.000Z'}],
			['old', {id: '4', createdAt: '2020-01-01T00:00:00.000Z'}],
		),
	];
	expect(join(disks, records).map(snapshot => snapshot.tag)).toEqual(['old', 'z', 'b', 'a']);
});

test('records that are their own ancestors end', () => {
	expect(join([], [record('a', {parent: 'b'}), record('b', {parent: 'a'})])).toHaveLength(2);
});

test('duplicates are counted, the first being the one that QEMU takes', () => {
	expect(
		join([holding('vda', ['s'], ['s', {id: '2'}])], []).map(({duplicates, disks}) => [duplicates, disks[0]!.id]),
	).toEqual([
		[0, '1'],
		[1, '2'],
	]);
});

describe('disks that a record leaves out', () => {
	const out = (target: string, snapshot: 'no' | 'manual' = 'no') =>
		({target, snapshot, file: null, source: `/images/${target}.qcow2`, leftOut: true}) as const;

	test('are told with what they ran on, and the snapshot is well', () => {
		const vda = chained('vda', image('/images/o'), image('/images/vda.qcow2'));
		const part = {target: 'vda', snapshot: 'external', file: '/images/o', source: '/images/vda.qcow2'} as const;
		const records = [record('s', {disks: [part, out('vdb'), out('vdc', 'manual')]})];
		const [found] = join([vda, disk('vdb'), disk('vdc')], records);
		expect(found).toMatchObject({
			health: 'ok',
			healthReason: '',
			disks: [{target: 'vda'}],
			leftOut: [
				{target: 'vdb', source: '/images/vdb.qcow2'},
				{target: 'vdc', source: '/images/vdc.qcow2'},
			],
		});
	});

	test('are in it where QEMU has taken every disk into its image', () => {
		const inside = {target: 'vda', snapshot: 'internal', file: null, source: '/images/vda.qcow2'} as const;
		const records = [record('s', {disks: [inside, out('vdb'), out('vdc')]})];
		const [found] = join([holding('vda', ['s']), holding('vdb', ['s']), disk('vdc')], records);
		expect(found?.leftOut.map(({target}) => target)).toEqual(['vdc']);
	});

	test('are none of saved memory, which holds no disk', () => {
		const memory = {kind: 'external', file: '/images/m'} as const;
		const [found] = join([disk('vda')], [record('s', {disks: [out('vda')], memory})]);
		expect(found).toMatchObject({kind: 'memory', leftOut: []});
	});
});

describe('a disk that the domain XML excludes, of what libvirt has no record of', () => {
	const excluded = (...entries: Parameters<typeof entry>[]): Disk => ({
		...holding('vdb', ...entries),
		snapshotPolicy: 'no',
	});
	test.each<[string, Disk[], LibvirtSnapshot[], [string, string][]]>([
		['QEMU has taken it as well', [holding('vda', ['s']), excluded(['s'])], [], [['unmanaged', 'vda vdb']]],
		['qemu-img has left it out', [holding('vda', ['s']), excluded()], [], [['unmanaged', 'vda']]],
		['one of another time', [holding('vda', ['s']), excluded(['s', {createdAt: later}])], [], [['unmanaged', 'vda']]],
		['it alone has it', [holding('vda'), excluded(['s'])], [], [['partial', 'vdb']]],
		['beside a record', [holding('vda', ['s']), excluded(['s'])], [record('s')], [['ok', 'vda']]],
		['no other disk', [excluded(['s'])], [], [['unmanaged', 'vdb']]],
		['another one lacks it', [holding('vda', ['s']), disk('vdc'), excluded(['s'])], [], [['partial', 'vda vdb']]],
	])('%s', (_, disks, records, rows) => {
		const joined = join(disks, records);
		expect(joined.map(one => [one.health, one.disks.map(({target}) => target).join(' ')])).toEqual(rows);
	});
});
