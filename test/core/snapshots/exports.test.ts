/** What of a snapshot can be looked at, and how QEMU is told to serve it. */
import {expect, test} from 'vitest';
import type {Facts} from '../../../source/core/model/facts.ts';
import type {Snapshot} from '../../../source/core/model/snapshot.ts';
import {exportsOf} from '../../../source/core/snapshots/contents/exports.ts';
import {chained, entry, image} from '../../facts/domain.ts';
import {facts} from '../../facts/facts.ts';
import {snapshot} from '../../facts/snapshot.ts';

const active = '/images/vda.qcow2';
const internal = (more: Partial<Snapshot> = {}) =>
	snapshot('s', {disks: [{target: 'vda', kind: 'internal', id: '3', file: active, source: null}], ...more});
const external = (source: string | null) =>
	snapshot('s', {
		kind: 'external',
		disks: [{target: 'vda', kind: 'external', id: null, file: '/images/o.qcow2', source}],
	});

function opened(one: Snapshot, {target = null, ...more}: Partial<Facts> & {target?: string | null} = {}) {
	const disks = [chained('vda', image(active, [entry('s', {id: '3'})]), image('/images/base.raw', [], 'raw'))];
	return exportsOf(facts({domain: {disks, snapshots: [one]}, ...more}), one, target);
}

const optionsOf = (outcome: ReturnType<typeof opened>) =>
	'exports' in outcome ? outcome.exports.map(({options}) => options.slice(3).join(' ')) : outcome.refusal.reason;

test.each<[string, Snapshot, Partial<Facts>, string[]]>([
	[
		'inside an image: by its ID, since a tag may stand twice, and by its tag, since an ID may be given again',
		internal(),
		{},
		[
			`--load-snapshot=snapshot.id=3,snapshot.name=s --image-opts driver=qcow2,read-only=on,force-share=on,file.driver=file,file.filename=${active}`,
		],
	],
	[
		'the base of an overlay, raw',
		external('/images/base.raw'),
		{},
		['--image-opts driver=raw,read-only=on,force-share=on,file.driver=file,file.filename=/images/base.raw'],
	],
	[
		'on a block device',
		external('/images/base.raw'),
		{blockDevices: ['/images/base.raw']},
		['--image-opts driver=raw,read-only=on,force-share=on,file.driver=host_device,file.filename=/images/base.raw'],
	],
])('%s', (_, one, more, expected) => {
	const outcome = opened(one, more);
	expect(optionsOf(outcome)).toEqual(expected);
	expect('exports' in outcome && outcome.exports[0]!.options.slice(0, 3)).toEqual([
		'--read-only',
		'--persistent',
		'--shared=16',
	]);
});

test('a comma in a path is doubled, as QEMU wants it', () => {
	const file = '/images/a,b.qcow2';
	const one = internal({disks: [{target: 'vda', kind: 'internal', id: '3', file, source: null}]});
	expect(optionsOf(opened(one))).toEqual([expect.stringMatching(/file\.filename=\/images\/a,,b\.qcow2$/)]);
});

test.each<[string, Snapshot, Parameters<typeof opened>[1], string]>([
	['images of another machine', internal(), {host: {elsewhere: 'it is far away'} as Facts['host']}, 'unsupported'],
	['memory only', internal({disks: []}), {}, 'no-disk'],
	['orphaned', internal({health: 'orphaned'}), {}, 'unhealthy'],
	['replaced', internal({health: 'replaced'}), {}, 'unhealthy'],
	['another disk', internal(), {target: 'vdz'}, 'not-found'],
	['no file', external('rbd:pool/name'), {}, 'unsupported-disk'],
	['nobody knows its format', external('/images/elsewhere'), {}, 'unreadable-image'],
])('%s: refused', (_, one, more, code) => {
	const outcome = opened(one, more);
	expect('refusal' in outcome && outcome.refusal.code).toBe(code);
});

test('a base that somebody has written to since is told of', () => {
	const rewritten = [{tag: 's', file: '/images/base.raw', at: '2026-01-01T00:00:00.000Z'}];
	const outcome = opened(external('/images/base.raw'), {rewritten});
	expect('warnings' in outcome && outcome.warnings.join()).toContain('written to since');
});
