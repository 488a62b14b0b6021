import {expect, test} from 'vitest';
import type {DoesOf} from '../../../source/core/model/does.ts';
import {overwritten} from '../../../source/core/steps/overwritten.ts';

const on = {uri: null, uuid: 'u'};
const place = (target: string, file: string) => ({target, file, format: 'qcow2'});
/** vda goes from its image to a new overlay. */
const moves: DoesOf<'define'> = {
	kind: 'define',
	on,
	disks: [place('vda', '/new')],
	before: [place('vda', '/old')],
};
const leaves: DoesOf<'define'> = {...moves, before: [...moves.before, place('vdb', '/b')]};
const volume: DoesOf<'define'> = {
	...moves,
	disks: [{...place('vda', '/pool/new'), as: {type: 'volume', pool: 'p', volume: 'new'}}],
};
/** What was recorded below vda goes. */
const stays: DoesOf<'define'> = {...moves, disks: moves.before};

const xml = (...disks: string[]) =>
	`<!--\nwritten by libvirt\n-->\n<domain><devices>${disks.join('')}</devices></domain>\n`;
const disk = (target: string, source: string, below = '') =>
	`<disk type='file'><driver name='qemu' type='qcow2'/>${source}${below}<target dev='${target}'/></disk>`;
const file = (target: string, name: string, below = '') => disk(target, `<source file='${name}'/>`, below);
const recorded = "<backingStore type='file'><format type='qcow2'/><source file='/base'/></backingStore>";

const ours = xml(file('vda', '/new'), file('vdb', '/b'));
/** Somebody has detached vdb from what was there before the step. */
const detached = xml(file('vda', '/old'));
/** And from what the step has left. */
const detachedAfter = xml(file('vda', '/new'));
const attached = xml(file('vda', '/old'), file('vdb', '/b'), file('vdz', '/z'));

test.each<[string, DoesOf<'define'>, string[], ReturnType<typeof overwritten>]>([
	['nothing was heard', moves, [], null],
	['the step alone', moves, [ours], null],
	['the step alone, in words of libvirt', moves, [xml(file('vda', '//new'))], null],
	['theirs, then the step', moves, [detached, ours], {theirs: detached}],
	['the step, then theirs', moves, [ours, detachedAfter], null],
	['theirs twice, then the step', moves, [attached, detached, ours], {theirs: detached}],
	['theirs, the step, then theirs again', moves, [attached, ours, detachedAfter], {theirs: null}],
	['the step in words of libvirt, after theirs', moves, [detached, xml(file('vda', '//new'))], {theirs: detached}],
	[
		'theirs moves the disk elsewhere',
		moves,
		[xml(file('vda', '/theirs')), ours],
		{theirs: xml(file('vda', '/theirs'))},
	],
	['a disk that leaves is there yet', leaves, [attached, detachedAfter], {theirs: attached}],
	['a disk that leaves is gone', leaves, [detachedAfter, xml(file('vda', '/new'), file('vdz', '/z'))], null],
	['a volume', volume, [detached, xml(disk('vda', "<source pool='p' volume='new'/>"))], {theirs: detached}],
	[
		'only what was recorded below goes',
		stays,
		[xml(file('vda', '/old', recorded)), detached],
		{theirs: xml(file('vda', '/old', recorded))},
	],
])('%s', (_what, does, texts, expected) => {
	expect(overwritten(does, {texts, missed: false})).toEqual(expected);
});

test('what nobody could read may have been overwritten', () => {
	expect(overwritten(moves, {texts: [ours], missed: true})).toEqual({theirs: null});
});
