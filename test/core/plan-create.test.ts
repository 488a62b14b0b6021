import {describe, expect, test} from 'vitest';
import type {Disk, Domain} from '../../source/core/domain.ts';
import {makePlan} from '../../source/core/make-plan.ts';
import {methodChoices, methods} from '../../source/core/method.ts';
import type {CreateIntent, Plan, Refusal} from '../../source/core/plan.ts';
import {longestTag} from '../../source/core/tag.ts';
import {cdrom, disk, domain, entry, external, type FactsLike, facts, GiB, image, snapshot, uuid} from './facts.ts';

type Wish = Partial<Omit<CreateIntent, 'verb'>>;

function planned(like: FactsLike, wish: Wish = {}): Plan {
	const outcome = makePlan(facts(like), {verb: 'create', tag: 'fresh', ...wish});
	if ('refusal' in outcome) throw new Error(JSON.stringify(outcome.refusal));
	return outcome.plan;
}

function refused(like: FactsLike, wish: Wish = {}): Refusal {
	const outcome = makePlan(facts(like), {verb: 'create', tag: 'fresh', ...wish});
	if ('plan' in outcome) throw new Error(`planned by ${outcome.plan.method}`);
	return outcome.refusal;
}

const raw = disk('vda', {format: 'raw'});
const orphan = snapshot('before', {health: 'orphaned'});
const overlaid = external('before', '/images/vda.before.qcow2', '/images/vda.qcow2');
const uefi = {kind: 'uefi', nvram: {file: '/nvram', format: 'raw'}} as const;

describe('the choice of the method', () => {
	test.each<[string, Partial<Domain>, Wish, string]>([
		['shut off, qcow2', {}, {}, 'external-offline'],
		['shut off, with internal snapshots', {snapshots: [snapshot('before')]}, {}, 'libvirt-internal'],
		['shut off, with an internal one that is gone', {snapshots: [orphan]}, {}, 'external-offline'],
		['shut off, raw', {disks: [raw]}, {}, 'external-offline'],
		['shut off, qcow2 and raw', {disks: [disk('vda'), disk('vdb', {format: 'raw'})]}, {}, 'external-offline'],
		['shut off, with a folder for overlays', {}, {dir: '/images'}, 'external-offline'],
		['shut off, UEFI with raw variables', {firmware: uefi}, {}, 'external-offline'],
		['running, qcow2', {state: 'running'}, {}, 'libvirt-internal'],
		['running, with external snapshots', {state: 'running', snapshots: [overlaid]}, {}, 'external-full'],
		['running, with both kinds', {state: 'running', snapshots: [snapshot('before'), overlaid]}, {}, 'libvirt-internal'],
		['idle, qcow2', {state: 'idle'}, {}, 'libvirt-internal'],
		['paused, qcow2', {state: 'paused'}, {}, 'libvirt-internal'],
		['running, raw', {state: 'running', disks: [raw]}, {}, 'external-full'],
		['running, UEFI with raw variables', {state: 'running', firmware: uefi}, {}, 'external-full'],
		['running, disks only', {state: 'running'}, {scope: 'disk-only'}, 'external-live'],
		['running, memory', {state: 'running'}, {scope: 'memory'}, 'libvirt-internal'],
		['running, memory, raw', {state: 'running', disks: [raw]}, {scope: 'memory'}, 'external-full'],
		['running, a device without saved state', {state: 'running', unsavable: ['hostdev pci']}, {}, 'external-live'],
		['running, freeze', {state: 'running', agent: 'connected'}, {quiesce: true}, 'external-live'],
		[
			'read-only and empty drives do not count',
			{state: 'running', disks: [disk('vda'), cdrom]},
			{},
			'libvirt-internal',
		],
	])('%s → %s', (_, like, wish, method) => {
		expect(planned({domain: like}, wish).method).toBe(method);
	});

	test('says why, and why not the first choice', () => {
		expect(planned({domain: {state: 'running', disks: [raw]}}).why).toBe(
			'Running; disks and memory in one point in time, in files of their own. Not libvirt-internal: vda is raw; snapshots inside an image need qcow2.',
		);
	});

	test('says that a domain stays with the kind of snapshots it has', () => {
		expect(planned({domain: {snapshots: [snapshot('before')]}}).why).toBe(
			'Shut off; all disks are qcow2: libvirt keeps disks and memory together, inside the images. Its other snapshots are internal too.',
		);
	});

	test('a menu shows each method, with the reason where it cannot', () => {
		const rows = methodChoices(facts({domain: {state: 'running'}}), {verb: 'create', tag: 'fresh'});
		expect(rows.map(({method, refusal}) => [method.id, refusal?.code ?? null])).toEqual([
			['libvirt-internal', null],
			['external-offline', 'wrong-state'],
			['external-full', null],
			['external-live', null],
			['qemu-img', 'wrong-state'],
			['monitor', null],
		]);
	});

	test('each method has a row of its own', () => {
		expect(new Set(methods.map(method => method.id)).size).toBe(8);
	});
});

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
			{domain: {state: 'paused', held: 'memory written'}},
			{method: 'external-full'},
			'wrong-state',
		],
		[
			'images inactive, internal',
			{domain: {state: 'paused', held: 'images inactive'}},
			{method: 'libvirt-internal'},
			'wrong-state',
		],
		[
			'images inactive, monitor',
			{domain: {state: 'paused', held: 'images inactive'}},
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
		['memory method', {domain: {state: 'running'}}, {method: 'memory'}, 'method-mismatch'],
		['unknown folder', {}, {method: 'external-offline', dir: '/elsewhere'}, 'not-writable'],
		['relative folder', {}, {method: 'external-offline', dir: 'here'}, 'not-writable'],
		['qemu-img on another machine', {host: {uri: 'qemu+ssh://root@far/system'}}, {method: 'qemu-img'}, 'unsupported'],
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
			reason: '/images/vda.fresh.qcow2 exists already.',
			remedy: 'Choose another tag, or another folder with --dir.',
		});
	});

	test('a folder that nobody may write to', () => {
		const directories = {'/images': {path: '/images', freeBytes: GiB, writable: false, entries: []}};
		expect(refused({directories}, {method: 'external-offline'}).code).toBe('not-writable');
		expect(planned({directories, host: {uri: 'qemu:///system'}}, {method: 'external-offline'}).method).toBe(
			'external-offline',
		);
	});
});

describe('tags', () => {
	test.each<[string, string]>([
		[' x', 'bad-tag'],
		['x ', 'bad-tag'],
		['7', 'bad-tag'],
		['a/b', 'bad-tag'],
		['.hidden', 'bad-tag'],
		['a"b', 'bad-tag'],
		['a\\b', 'bad-tag'],
		['a\nb', 'bad-tag'],
		['a\u001b]0;x\u0007', 'bad-tag'],
		['a\u202eb', 'bad-tag'],
		['x'.repeat(longestTag + 1), 'bad-tag'],
		['中'.repeat(83), 'bad-tag'],
		['known', 'tag-exists'],
		['in-base', 'tag-exists'],
		['odd-id', 'ambiguous-tag'],
	])('%j → %s', (tag, code) => {
		const disks: Disk[] = [
			disk('vda', {
				chain: [
					image('/images/vda.qcow2', [entry('x1', {id: 'odd-id'})]),
					image('/images/base', [entry('in-base', {id: '2'})]),
				],
			}),
		];
		expect(refused({domain: {disks, snapshots: [snapshot('known')]}}, {tag}).code).toBe(code);
	});

	test.each(['--force', "it's", 'vor dem Update', '升级前', 'a,b=c%d;$(x)', 'x'.repeat(longestTag), '中'.repeat(82)])(
		'%s is a name like any other',
		tag => {
			expect(planned({}, {tag}).steps[0]!.argv).toContain(`--name=${tag}`);
		},
	);

	test('none given: one from the date', () => {
		expect(planned({}, {tag: ''}).tag).toBe('snap-2026-03-02-080910');
		expect(planned({domain: {snapshots: [snapshot('snap-2026-03-02-080910')]}}, {tag: ''}).tag).toBe(
			'snap-2026-03-02-080910-2',
		);
	});
});

describe('commands', () => {
	const two = [disk('vda'), disk('vdb'), cdrom];
	const virsh = ['virsh', '-c', 'qemu:///session'];

	test('libvirt-internal, with description', () => {
		expect(planned({}, {method: 'libvirt-internal', description: 'before the upgrade'}).steps[0]!.argv).toEqual([
			...virsh,
			'snapshot-create-as',
			`--domain=${uuid}`,
			'--name=fresh',
			'--description=before the upgrade',
		]);
	});

	test("without a URI virsh's own default is left alone", () => {
		expect(planned({host: {uri: null}}).steps[0]!.argv.slice(0, 2)).toEqual(['virsh', 'snapshot-create-as']);
	});

	test('a disk with another policy is named', () => {
		const disks = [disk('vda', {snapshotPolicy: 'external'}), disk('vdb')];
		expect(planned({domain: {disks}}, {method: 'libvirt-internal'}).steps[0]!.argv.slice(-2)).toEqual([
			'--diskspec=vda,snapshot=internal',
			'--diskspec=vdb,snapshot=internal',
		]);
	});

	test('qemu-img: one step a disk, each with its way back, undone on failure', () => {
		const plan = planned({domain: {disks: two}}, {method: 'qemu-img', tag: '--force'});
		expect(plan.steps.map(step => [step.argv, step.undo])).toEqual([
			[
				['qemu-img', 'snapshot', '-c', '--force', '/images/vda.qcow2'],
				['qemu-img', 'snapshot', '-d', '--force', '/images/vda.qcow2'],
			],
			[
				['qemu-img', 'snapshot', '-c', '--force', '/images/vdb.qcow2'],
				['qemu-img', 'snapshot', '-d', '--force', '/images/vdb.qcow2'],
			],
		]);
		expect(plan.onFailure).toBe('undo');
		expect(plan.expect).toEqual([
			{kind: 'snapshot', tag: '--force', health: ['unmanaged']},
			{kind: 'state', state: 'shut off'},
		]);
	});

	test('monitor: judged by silence', () => {
		const [step] = planned({domain: {state: 'running'}}, {method: 'monitor', tag: 'a b'}).steps;
		expect(step!.argv).toEqual([...virsh, 'qemu-monitor-command', `--domain=${uuid}`, '--hmp', '--cmd=savevm "a b"']);
		expect(step!.undo).toEqual([...virsh, 'qemu-monitor-command', `--domain=${uuid}`, '--hmp', '--cmd=delvm "a b"']);
		expect(step!.success).toBe('silent');
	});

	test('external-offline: every disk is named, taken or left out', () => {
		const disks = [...two, disk('vdc', {snapshotPolicy: 'no'})];
		const plan = planned({domain: {disks}}, {method: 'external-offline', tag: 'a b'});
		expect(plan.steps[0]!.argv.slice(3)).toEqual([
			'snapshot-create-as',
			`--domain=${uuid}`,
			'--name=a b',
			'--disk-only',
			'--atomic',
			'--diskspec=vda,snapshot=external,file=/images/vda.a_b.qcow2',
			'--diskspec=vdb,snapshot=external,file=/images/vdb.a_b.qcow2',
			'--diskspec=sda,snapshot=no',
			'--diskspec=vdc,snapshot=no',
		]);
		expect(plan.warnings).toContain('Not included, since the domain XML says so: vdc.');
		expect(plan.expect).toContainEqual({kind: 'source', target: 'vda', file: '/images/vda.a_b.qcow2'});
	});

	test('external-live freezes where the agent answers, and a comma in a path is doubled', () => {
		const disks = [disk('vda', {source: '/images/a,b.qcow2'})];
		const live = (agent: Domain['agent']) =>
			planned({domain: {state: 'running', disks, agent}}, {method: 'external-live'});
		expect(live('connected').steps[0]!.argv.slice(6)).toEqual([
			'--disk-only',
			'--atomic',
			'--quiesce',
			'--diskspec=vda,snapshot=external,file=/images/a,,b.fresh.qcow2',
		]);
		expect(live('connected').consistency).toBe('frozen filesystems');
		expect(live('none').steps[0]!.argv).not.toContain('--quiesce');
		expect(live('none').consistency).toBe('crash-consistent');
	});

	test('external-full: memory in a file beside the first overlay', () => {
		const plan = planned({domain: {state: 'running'}}, {method: 'external-full'});
		expect(plan.steps[0]!.argv.slice(6)).toEqual([
			'--atomic',
			'--live',
			'--memspec=file=/images/web.fresh.memory,snapshot=external',
			'--diskspec=vda,snapshot=external,file=/images/vda.fresh.qcow2',
		]);
		expect(planned({domain: {state: 'paused'}}, {method: 'external-full'}).steps[0]!.argv).not.toContain('--live');
	});

	test('two disks of one file name in one folder get two overlays', () => {
		const disks = [
			disk('vda', {source: '/a/disk.img', format: 'raw'}),
			disk('vdb', {source: '/b/disk.img', format: 'raw'}),
		];
		expect(planned({domain: {disks}}, {dir: '/images'}).expect.filter(line => line.kind === 'source')).toEqual([
			{kind: 'source', target: 'vda', file: '/images/disk.fresh.qcow2'},
			{kind: 'source', target: 'vdb', file: '/images/disk-vdb.fresh.qcow2'},
		]);
	});
});

test('a whole plan, as the review screen gets it', () => {
	const {basis, ...plan} = planned({domain: {state: 'running'}});
	expect(basis).toMatchObject({state: 'running', id: '1'});
	expect(plan).toMatchInlineSnapshot(`
		{
		  "confirm": null,
		  "consistency": "full checkpoint",
		  "domain": {
		    "name": "web",
		    "uuid": "11111111-2222-3333-4444-555555555555",
		  },
		  "expect": [
		    {
		      "health": [
		        "ok",
		      ],
		      "kind": "snapshot",
		      "tag": "fresh",
		    },
		    {
		      "kind": "state",
		      "state": "running",
		    },
		  ],
		  "losses": [],
		  "method": "libvirt-internal",
		  "onFailure": "undo",
		  "pause": "about 5 s: up to 1 GiB of memory at 200 MiB/s",
		  "space": [
		    {
		      "freeBytes": 107374182400,
		      "neededBytes": 1074003968,
		      "where": "/images",
		    },
		  ],
		  "steps": [
		    {
		      "argv": [
		        "virsh",
		        "-c",
		        "qemu:///session",
		        "snapshot-create-as",
		        "--domain=11111111-2222-3333-4444-555555555555",
		        "--name=fresh",
		      ],
		      "changes": [
		        {
		          "sign": "+",
		          "what": "internal snapshot fresh in /images/vda.qcow2",
		        },
		        {
		          "sign": "+",
		          "what": "memory state in /images/vda.qcow2",
		        },
		        {
		          "sign": "+",
		          "what": "libvirt's record of fresh, now the current snapshot",
		        },
		      ],
		      "success": "exit",
		      "title": "Create snapshot fresh",
		      "undo": [
		        "virsh",
		        "-c",
		        "qemu:///session",
		        "snapshot-delete",
		        "--domain=11111111-2222-3333-4444-555555555555",
		        "--snapshotname=fresh",
		      ],
		    },
		  ],
		  "tag": "fresh",
		  "verb": "create",
		  "warnings": [],
		  "wayBack": "Delete the snapshot fresh.",
		  "why": "Running; all disks are qcow2: libvirt keeps disks and memory together, inside the images.",
		}
	`);
});

test('equal facts and intents give equal plans', () => {
	expect(planned({domain: {state: 'running'}})).toEqual(planned({domain: {state: 'running'}}));
});

test.each(['create', 'revert', 'delete', 'save'] as const)(
	'%s: nothing is begun while libvirt has a job open',
	verb => {
		const found = facts({domain: {state: 'running', snapshots: [snapshot('s')], job: 'Backup'}});
		expect(makePlan(found, {verb, tag: verb === 'create' ? 'new' : 's'})).toMatchObject({
			refusal: {
				code: 'busy',
				reason: expect.stringContaining('Backup'),
				remedy: expect.stringContaining('domjobabort'),
			},
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

test('two disks whose long names begin alike get an overlay each', () => {
	const long = 'd'.repeat(240);
	const disks = ['vda', 'vdb', 'vdc'].map((target, index) => disk(target, {source: `/images/${long}-${index}.qcow2`}));
	const sources = planned({domain: {disks}}, {tag: 't'.repeat(100), method: 'external-offline'}).expect.flatMap(one =>
		one.kind === 'source' ? [one.file] : [],
	);
	expect(new Set(sources).size).toBe(3);
	for (const file of sources) expect(file.length - '/images/'.length).toBeLessThanOrEqual(255);
});
