import {describe, expect, test} from 'vitest';
import type {Domain} from '../../../source/core/model/domain.ts';
import {cdrom, disk, uuid} from '../../facts/domain.ts';
import {planned} from './wish.ts';

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

	test('qemu-img: one step a disk, each with its undo, rolled back on failure', () => {
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
			{kind: 'snapshot', tag: '--force', health: ['unmanaged'], alone: true},
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
		expect(plan.warnings).toContain(
			'vdc is left out, since the domain XML excludes it: a revert takes vda and vdb back and leaves vdc as it is by then.',
		);
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

	test('external-full: memory in a file beside the first overlay, made before libvirt writes into it', () => {
		const plan = planned({domain: {state: 'running'}}, {method: 'external-full'});
		expect(plan.steps.map(({does}) => does.kind)).toEqual(['new-file', 'private-mode', 'create-snapshot']);
		expect(plan.steps[0]!.argv.at(-1)).toBe('/images/web.fresh.memory');
		expect(plan.steps[2]!.argv.slice(6)).toEqual([
			'--atomic',
			'--live',
			'--memspec=file=/images/web.fresh.memory,snapshot=external',
			'--diskspec=vda,snapshot=external,file=/images/vda.fresh.qcow2',
		]);
		expect(planned({domain: {state: 'paused'}}, {method: 'external-full'}).steps[2]!.argv).not.toContain('--live');
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
		  "asked": {
		    "tag": "fresh",
		    "verb": "create",
		  },
		  "confirm": null,
		  "consistency": "full checkpoint",
		  "domain": {
		    "name": "web",
		    "uuid": "11111111-2222-3333-4444-555555555555",
		  },
		  "expect": [
		    {
		      "alone": true,
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
		  "files": {},
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
		      "does": {
		        "description": null,
		        "disks": [],
		        "external": false,
		        "kind": "create-snapshot",
		        "live": false,
		        "memory": null,
		        "on": {
		          "uri": "qemu:///session",
		          "uuid": "11111111-2222-3333-4444-555555555555",
		        },
		        "quiesce": false,
		        "tag": "fresh",
		      },
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
		  "wayBack": [
		    "Delete the snapshot fresh ",
		    {
		      "does": "delete",
		      "domain": "11111111-2222-3333-4444-555555555555",
		      "virsnap": [
		        {
		          "options": [],
		          "words": [
		            "delete",
		            "web",
		            "fresh",
		          ],
		        },
		      ],
		    },
		    ".",
		  ],
		  "why": "Running; all disks are qcow2: libvirt keeps disks and memory together, inside the images. Internal snapshots of it work while running and while shut off.",
		}
	`);
});

test('equal facts and intents give equal plans', () => {
	expect(planned({domain: {state: 'running'}})).toEqual(planned({domain: {state: 'running'}}));
});

test('two disks whose long names begin alike get an overlay each', () => {
	const long = 'd'.repeat(240);
	const disks = ['vda', 'vdb', 'vdc'].map((target, index) => disk(target, {source: `/images/${long}-${index}.qcow2`}));
	const sources = planned({domain: {disks}}, {tag: 't'.repeat(100), method: 'external-offline'}).expect.flatMap(one =>
		one.kind === 'source' ? [one.file] : [],
	);
	expect(new Set(sources).size).toBe(3);
	for (const file of sources) expect(file.length - '/images/'.length).toBeLessThanOrEqual(255);
});

describe('a picture of the screen', () => {
	const withScreen = "<domain type='kvm'><devices><video><model type='vga'/></video></devices></domain>";
	const wanted = {pictures: true, inactiveXml: withScreen, domain: {state: 'running'}} as const;

	test.each([
		['as the configuration says', wanted, true],
		['of nobody who does not want one', {...wanted, pictures: false}, undefined],
		['of none that is off', {...wanted, domain: {state: 'shut off'}}, undefined],
		['of none without a screen', {...wanted, inactiveXml: "<domain type='kvm'><devices/></domain>"}, undefined],
	] as const)('%s', (_, all, picture) => {
		expect(planned(all, {}).picture).toBe(picture);
	});
});
