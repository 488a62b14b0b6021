/** Which disks a snapshot holds, and where its files go, as a person wants it. */
import {describe, expect, test} from 'vitest';
import type {Expectation, Plan} from '../../../source/core/model/plan.ts';
import {holdsWords} from '../../../source/core/words/consistency.ts';
import {cdrom, disk, domain, GiB} from '../../facts/domain.ts';
import type {FactsLike} from '../../facts/facts.ts';
import {said} from '../../helpers/saying.ts';
import {planned, refused, type Wish} from './wish.ts';

const two = [disk('vda'), disk('vdb'), cdrom];
const folder = (path: string, more = {}) => ({path, freeBytes: 100 * GiB, writable: true, entries: [], ...more});
const images = folder('/images', {entries: ['vda.qcow2', 'vdb.qcow2']});
const there = {directories: {'/images': images, '/fast': folder('/fast')}};
const off: FactsLike = {domain: {disks: two}, ...there};
const on: FactsLike = {domain: {disks: two, state: 'running'}, ...there};

const sources = ({expect}: Pick<Plan, 'expect'>) =>
	expect.filter((one): one is Extract<Expectation, {kind: 'source'}> => one.kind === 'source').map(({file}) => file);
const specs = (plan: Plan) =>
	plan.steps.flatMap(({argv}) => argv.filter(word => /^--(?:diskspec|memspec)=/.test(word)));

describe('which disks', () => {
	test.each<[string, FactsLike, Wish, string]>([
		['shut off', off, {}, 'external-offline'],
		['running', on, {}, 'external-live'],
		['paused', {...on, domain: {disks: two, state: 'paused'}}, {}, 'external-live'],
		['shut off, internal preferred', off, {prefer: 'internal'}, 'external-offline'],
		['shut off, all of them', off, {disks: ['vdb', 'vda']}, 'libvirt-internal'],
		['running, all of them', on, {disks: ['vda', 'vdb']}, 'libvirt-internal'],
	])('%s: by a method that can', (_, like, wish, method) => {
		expect(planned(like, {disks: ['vda'], ...wish}).method).toBe(method);
	});

	test('each left-out disk is named to libvirt, told, and not part of what it holds', () => {
		const plan = planned(off, {disks: ['vdb']});
		expect(specs(plan)).toEqual([
			'--diskspec=vdb,snapshot=external,file=/images/vdb.fresh.qcow2',
			'--diskspec=vda,snapshot=no',
			'--diskspec=sda,snapshot=no',
		]);
		expect(sources(plan)).toEqual(['/images/vdb.fresh.qcow2']);
		expect(plan.leftOut).toEqual(['vda']);
		expect(holdsWords(plan)).toBe('consistent: disks of a shut-off domain; without vda');
		expect(plan.warnings).toContain('vda is left out: a revert takes vdb back and leaves vda as it is by then.');
		expect(planned(on, {disks: ['vda']}).why).toContain('Not external-full: vdb is left out');
		expect(planned(on, {disks: ['vda']}).why).toContain('Running; vda in one point in time');
		expect(planned(off, {})).not.toHaveProperty('leftOut');
	});

	test('one that the domain XML excludes is held where it is named', () => {
		const disks = [disk('vda'), disk('vdb', {snapshotPolicy: 'no'})];
		expect(sources(planned({domain: {disks}}, {disks: ['vda', 'vdb'], method: 'external-offline'}))).toHaveLength(2);
		expect(planned({domain: {disks}}, {method: 'external-offline'}).leftOut).toEqual(['vdb']);
	});

	test('memory that is taken without a disk that the domain XML excludes is told to be dangerous', () => {
		const disks = [disk('vda'), disk('vdb', {snapshotPolicy: 'no'})];
		const {warnings} = planned({domain: {disks, state: 'running'}}, {method: 'external-full'});
		expect(warnings.join()).toContain('to resume it with later contents destroys file systems');
	});

	test.each<[string, FactsLike, Wish, string, RegExp, RegExp]>([
		['none', off, {disks: []}, 'no-disk', /No disk is chosen/, /vda and vdb/],
		['unknown', off, {disks: ['vdx']}, 'not-found', /web has no disk vdx/, /vda and vdb/],
		['a drive', off, {disks: ['vda', 'sda']}, 'unsupported-disk', /sda is a cdrom drive/, /vda and vdb/],
		[
			'read-only',
			{domain: {disks: [...two, disk('vdc', {readonly: true})]}},
			{disks: ['vdc']},
			'unsupported-disk',
			/vdc is read-only/,
			/Omit it/,
		],
		[
			'by libvirt inside',
			off,
			{disks: ['vda'], method: 'libvirt-internal'},
			'method-mismatch',
			/libvirt-internal holds all writable disks, vda and vdb/,
			/--disk.*external method/,
		],
		['by qemu-img', off, {disks: ['vda'], method: 'qemu-img'}, 'method-mismatch', /holds all/, /external method/],
		['by the monitor', on, {disks: ['vda'], method: 'monitor'}, 'method-mismatch', /holds all/, /external method/],
		[
			'with memory',
			on,
			{disks: ['vda'], scope: 'memory'},
			'method-mismatch',
			/vdb is left out: after a revert the guest would resume with memory of another time than vdb/,
			/Take the disks alone \(--disk-only\), include vdb, or detach it first/,
		],
		['with memory, by name', on, {disks: ['vda'], method: 'external-full'}, 'method-mismatch', /vdb is left/, /detach/],
	])('refused: %s', (_, like, wish, code, reason, remedy) => {
		const refusal = refused(like, wish);
		expect(refusal.code).toBe(code);
		expect(refusal.reason).toMatch(reason);
		expect(said(refusal.remedy)).toMatch(remedy);
	});
});

describe('where its files go', () => {
	test('a path is the new file, or a folder where it is one or ends as one', () => {
		const overlays = [
			{target: 'vda', path: '/fast/./web.overlay'},
			{target: 'vdb', path: '/fast'},
		];
		expect(sources(planned(off, {overlays}))).toEqual(['/fast/web.overlay', '/fast/vdb.fresh.qcow2']);
		const slash = planned(off, {overlays: [{target: 'vdb', path: '/fast/'}]});
		expect(sources(slash)).toEqual(['/images/vda.fresh.qcow2', '/fast/vdb.fresh.qcow2']);
		expect(slash.method).toBe('external-offline');
	});

	test('a folder of another machine is told by its slash', () => {
		const away: FactsLike = {...off, host: {elsewhere: 'it is on another machine'}, directories: {}};
		const overlays = [
			{target: 'vda', path: '/fast'},
			{target: 'vdb', path: '/fast/'},
		];
		expect(sources(planned(away, {overlays}))).toEqual(['/fast', '/fast/vdb.fresh.qcow2']);
	});

	test.each<[string, string]>([
		['/fast/guest.memory', '/fast/guest.memory'],
		['/fast', '/fast/web.fresh.memory'],
		['/fast/', '/fast/web.fresh.memory'],
	])('memory in %s: %s', (memoryFile, file) => {
		const plan = planned(on, {memoryFile});
		expect(plan.method).toBe('external-full');
		expect(specs(plan)).toContain(`--memspec=file=${file},snapshot=external`);
		expect(plan.space).toContainEqual(expect.objectContaining({where: '/fast', neededBytes: GiB}));
	});

	test('memory without a place is beside the first overlay', () => {
		const plan = planned(on, {method: 'external-full', overlays: [{target: 'vda', path: '/fast/x'}]});
		expect(specs(plan)[0]).toBe('--memspec=file=/fast/web.fresh.memory,snapshot=external');
	});

	test('a block disk needs no folder for all where its own overlay has a place', () => {
		const block = disk('vda', {type: 'block', format: 'raw', source: '/dev/vg/web'});
		const overlays = [{target: 'vda', path: '/fast/web.qcow2'}];
		expect(sources(planned({...there, domain: {disks: [block]}}, {overlays}))).toEqual(['/fast/web.qcow2']);
	});

	const at = (path: string, target = 'vda') => ({overlays: [{target, path}]});
	test.each<[string, FactsLike, Wish, string, RegExp, RegExp]>([
		['relative', off, at('web.qcow2'), 'not-writable', /web\.qcow2 is not an absolute path/, /Give the full path/],
		['relative memory', on, {memoryFile: 'm'}, 'not-writable', /m is not an absolute path/, /Give the full path/],
		['taken', off, at('/images/vdb.qcow2'), 'file-exists', /already exists/, /^Choose another file \(--overlay\)/],
		['a folder that is not there', off, at('/nowhere/x'), 'not-writable', /There is no folder \/nowhere/, /--overlay/],
		[
			'a folder that takes nothing',
			{...off, root: false, directories: {...there.directories, '/shut': folder('/shut', {writable: false})}},
			at('/shut/'),
			'not-writable',
			/The folder \/shut cannot be written to/,
			/--overlay/,
		],
		[
			'no room',
			{...off, directories: {...there.directories, '/full': folder('/full', {freeBytes: 1000})}},
			at('/full/'),
			'no-space',
			/\/full has 1000 B free/,
			/--overlay/,
		],
		['beside devices', off, at('/dev/shm/x'), 'not-writable', /would be in \/dev/, /Choose another folder/],
		['all beside devices', off, {dir: '/dev'}, 'not-writable', /would be in \/dev/, /--dir/],
		[
			'two in one file',
			off,
			{overlays: ['vda', 'vdb'].map(target => ({target, path: '/fast/x'}))},
			'file-exists',
			/\/fast\/x is to be the overlay of vda and the overlay of vdb/,
			/Give each a file of its own/,
		],
		[
			'an overlay and the memory in one file',
			on,
			{...at('/fast/x'), memoryFile: '/fast/x'},
			'file-exists',
			/the overlay of vda and the memory/,
			/Give each/,
		],
		[
			'two for one disk',
			off,
			{overlays: [...at('/fast/x').overlays, ...at('/fast/y').overlays]},
			'method-mismatch',
			/vda is given two overlays/,
			/--overlay/,
		],
		['of no disk', off, at('/fast/x', 'vdx'), 'not-found', /no disk vdx/, /vda and vdb/],
		['of a drive', off, at('/fast/x', 'sda'), 'unsupported-disk', /sda is a cdrom/, /Omit it/],
		[
			'of one that is left out',
			off,
			{...at('/fast/x'), disks: ['vdb']},
			'method-mismatch',
			/vda is left out, so it gets no overlay/,
			/Include it \(--disk\)/,
		],
		[
			'inside images',
			off,
			{...at('/fast/x'), method: 'libvirt-internal'},
			'method-mismatch',
			/makes no new files/,
			/Omit --overlay/,
		],
		[
			'memory of the disks alone',
			on,
			{memoryFile: '/fast/', scope: 'disk-only'},
			'method-mismatch',
			/has no memory file/,
			/--memory-file/,
		],
		['memory, shut off', off, {memoryFile: '/fast/'}, 'wrong-state', /no memory to save/, /--memory/],
		[
			'memory inside images',
			on,
			{memoryFile: '/fast/', method: 'libvirt-internal'},
			'method-mismatch',
			/makes no new files/,
			/--memory-file/,
		],
		[
			'an image of another domain, by a link',
			{
				...off,
				others: [domain({uuid: 'other', name: 'other', disks: [disk('vda', {source: '/fast/other'})]})],
			},
			at('/fast/other'),
			'file-exists',
			/\/fast\/other already exists/,
			/another file/,
		],
	])('refused: %s', (_, like, wish, code, reason, remedy) => {
		const refusal = refused(like, wish);
		expect(refusal.reason).toMatch(reason);
		expect(refusal.code).toBe(code);
		expect(said(refusal.remedy)).toMatch(remedy);
	});
});
