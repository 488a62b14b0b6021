import {describe, expect, test} from 'vitest';
import {methodChoices} from '../../../source/core/create/methods.ts';
import {cdrom, chained, disk, domain, GiB, image} from '../../facts/domain.ts';
import {type FactsLike, facts, identity} from '../../facts/facts.ts';
import {planFor, refusalOf} from '../../facts/plan.ts';
import {snapshot} from '../../facts/snapshot.ts';
import {saying} from '../../helpers/saying.ts';
import {planned, refused, type Wish} from './wish.ts';

const raw = disk('vda', {format: 'raw'});
const uefi = {kind: 'uefi', nvram: {file: '/nvram', format: 'raw'}} as const;

describe('refusals', () => {
	const clone = domain({
		uuid: 'clone',
		name: 'clone',
		disks: [disk('vda', {source: '/images/clone', chain: [image('/images/clone'), image('/images/vda.qcow2')]})],
	});
	test.each<[string, FactsLike, Wish, string]>([
		['no disk', {domain: {disks: [cdrom]}}, {}, 'no-disk'],
		['managed save', {domain: {state: 'saved', managedSave: true}}, {}, 'saved-memory'],
		['asleep', {domain: {state: 'pmsuspended'}}, {}, 'wrong-state'],
		[
			'unreadable image',
			{domain: {disks: [disk('vda', {chain: [], unreadable: {reason: 'gone', remedy: 'bring it back'}})]}},
			{},
			'unreadable-image',
		],
		['shareable disk', {domain: {disks: [disk('vda', {shareable: true})]}}, {}, 'unsupported-disk'],
		[
			'one image as two disks, by two names',
			{
				domain: {disks: [disk('vda'), disk('vdb', {source: '/links/vda.qcow2'})]},
				identities: {
					'/images/vda.qcow2': identity('/images/vda.qcow2'),
					'/links/vda.qcow2': identity('/images/vda.qcow2'),
				},
			},
			{method: 'libvirt-internal'},
			'unsupported-disk',
		],
		['transient disk', {domain: {disks: [disk('vda', {transient: true})]}}, {}, 'unsupported-disk'],
		[
			'lun',
			{domain: {disks: [disk('vda', {device: 'lun', type: 'block', format: 'raw'})]}},
			{method: 'external-offline'},
			'unsupported-disk',
		],
		[
			'block device without a folder',
			{domain: {disks: [disk('vda', {type: 'block', format: 'raw', source: '/dev/vg/web'})]}},
			{method: 'external-offline'},
			'unsupported-disk',
		],
		[
			'block device that the definition calls a file',
			{domain: {disks: [disk('vda', {format: 'raw', source: '/dev/vg/web'})]}, blockDevices: ['/dev/vg/web']},
			{method: 'external-offline'},
			'unsupported-disk',
		],
		['raw by qemu-img', {domain: {disks: [raw]}}, {method: 'qemu-img'}, 'raw-disk'],
		['raw by monitor', {domain: {state: 'running', disks: [raw]}}, {method: 'monitor'}, 'raw-disk'],
		['raw by libvirt', {domain: {disks: [raw]}}, {method: 'libvirt-internal'}, 'raw-disk'],
		['running by qemu-img', {domain: {state: 'running'}}, {method: 'qemu-img'}, 'wrong-state'],
		['shut off by monitor', {}, {method: 'monitor'}, 'wrong-state'],
		['running, external offline', {domain: {state: 'running'}}, {method: 'external-offline'}, 'wrong-state'],
		['shut off, external live', {}, {method: 'external-live'}, 'wrong-state'],
		['shut off, external full', {}, {method: 'external-full'}, 'wrong-state'],
		['shut off, memory', {}, {scope: 'memory'}, 'wrong-state'],
		['paused, freeze', {domain: {state: 'paused', agent: 'connected'}}, {quiesce: true}, 'no-agent'],
		[
			'memory written, full',
			{domain: {state: 'paused'}, held: 'memory written'},
			{method: 'external-full'},
			'wrong-state',
		],
		[
			'images inactive, internal',
			{domain: {state: 'paused'}, held: 'images inactive'},
			{method: 'libvirt-internal'},
			'wrong-state',
		],
		[
			'images inactive, monitor',
			{domain: {state: 'paused'}, held: 'images inactive'},
			{method: 'monitor'},
			'wrong-state',
		],
		['no agent, freeze', {domain: {state: 'running'}}, {quiesce: true}, 'no-agent'],
		['agent silent, freeze', {domain: {state: 'running', agent: 'disconnected'}}, {quiesce: true}, 'no-agent'],
		['UEFI by libvirt', {domain: {firmware: uefi}}, {method: 'libvirt-internal'}, 'uefi-nvram'],
		['UEFI by monitor', {domain: {state: 'running', firmware: uefi}}, {method: 'monitor'}, 'uefi-nvram'],
		[
			'device state by libvirt',
			{domain: {state: 'running', unsavable: ['filesystem virtiofs']}},
			{method: 'libvirt-internal'},
			'unsavable-device',
		],
		[
			'device state, memory',
			{domain: {state: 'running', unsavable: ['filesystem virtiofs']}},
			{scope: 'memory'},
			'unsavable-device',
		],
		['base of a clone', {others: [clone]}, {method: 'libvirt-internal'}, 'has-dependants'],
		['base of a clone, by qemu-img', {others: [clone]}, {method: 'qemu-img'}, 'has-dependants'],
		['no room for memory', {domain: {state: 'running', memoryBytes: 200 * GiB}}, {scope: 'memory'}, 'no-space'],
		['folder for an internal snapshot', {}, {method: 'libvirt-internal', dir: '/images'}, 'method-mismatch'],
		['description for qemu-img', {}, {method: 'qemu-img', description: 'x'}, 'method-mismatch'],
		['disks only by monitor', {domain: {state: 'running'}}, {method: 'monitor', scope: 'disk-only'}, 'method-mismatch'],
		[
			'memory by external-live',
			{domain: {state: 'running'}},
			{method: 'external-live', scope: 'memory'},
			'method-mismatch',
		],
		['unknown folder', {}, {method: 'external-offline', dir: '/elsewhere'}, 'not-writable'],
		['relative folder', {}, {method: 'external-offline', dir: 'here'}, 'not-writable'],
		['qemu-img on another machine', {host: {elsewhere: 'libvirt runs on far'}}, {method: 'qemu-img'}, 'unsupported'],
		['escape in the description', {}, {description: 'a\u001b[31m'}, 'bad-tag'],
		[
			'comma in an offline overlay',
			{domain: {disks: [disk('vda', {source: '/images/a,b.qcow2'})]}},
			{method: 'external-offline'},
			'unsupported',
		],
	])('%s → %s', (_, like, wish, code) => {
		const refusal = refused(like, wish);
		expect(refusal.code).toBe(code);
		expect(refusal.reason).not.toBe('');
		expect(refusal.remedy).not.toBe('');
	});

	test('an overlay of that name exists', () => {
		const directories = {'/images': {path: '/images', freeBytes: GiB, writable: true, entries: ['vda.fresh.qcow2']}};
		expect(refused({directories}, {method: 'external-offline'})).toEqual({
			code: 'file-exists',
			reason: '/images/vda.fresh.qcow2 already exists.',
			remedy: saying('Choose another tag, or another folder (--dir).'),
		});
	});

	test('a folder without permission to write', () => {
		const directories = {'/images': {path: '/images', freeBytes: GiB, writable: false, entries: []}};
		expect(refused({directories}, {method: 'external-offline'}).code).toBe('not-writable');
		expect(planned({directories, host: {system: true}}, {method: 'external-offline'}).method).toBe('external-offline');
	});
});

test.each(['create', 'revert', 'delete', 'save'] as const)(
	'%s: nothing is begun while libvirt has a job open',
	verb => {
		const found = facts({domain: {state: 'running', snapshots: [snapshot('s')]}, job: 'Backup'});
		expect(refusalOf(found, {verb, tag: verb === 'create' ? 'new' : 's'})).toMatchObject({
			code: 'busy',
			reason: expect.stringContaining('Backup'),
			remedy: saying('domjobabort'),
		});
	},
);

test.each(['running', 'shut off'] as const)(
	'%s: no snapshot of an encrypted disk, by its XML or by its image',
	state => {
		const layered = {...disk('vda'), chain: [image('/images/vda.qcow2'), {...image('/images/base'), encrypted: true}]};
		for (const vda of [disk('vda', {encrypted: true}), layered]) {
			for (const {refusal} of methodChoices(facts({domain: {state, disks: [vda]}}), {verb: 'create', tag: 't'}))
				expect(refusal).not.toBeNull();
		}
	},
);

test('no overlay of a disk whose definition names other layers, but inside its image; while it runs QEMU has the right ones', () => {
	const disks = [chained('vda', image('/images/vda.qcow2'), image('/images/base'))].map(one => ({
		...one,
		misdefined: '/images/vda.qcow2',
	}));
	const offline = {verb: 'create', tag: 't', method: 'external-offline'} as const;
	const refusal = refusalOf(facts({domain: {disks}}), offline);
	expect(refusal).toMatchObject({code: 'unsupported-disk', remedy: expect.stringContaining('virsh edit web')});
	expect(refusalOf(facts({domain: {disks}}), {verb: 'clone', name: 'web-2'})).toEqual(refusal);
	planFor(facts({domain: {disks}}), {...offline, method: 'qemu-img'});
	planFor(facts({domain: {disks, state: 'running', id: 1}}), {...offline, method: 'external-live'});
});
