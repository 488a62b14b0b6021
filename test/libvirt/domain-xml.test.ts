import {describe, expect, test} from 'vitest';
import {parseDomainXml} from '../../source/libvirt/domain-xml.ts';
import {fixture} from './fixture.ts';

describe('a running domain', () => {
	const domain = parseDomainXml(fixture('DBHost.xml'));

	test('itself', () => {
		expect(domain).toMatchObject({
			name: 'DBHost',
			uuid: expect.stringMatching(/^[\da-f-]{36}$/),
			id: 1,
			type: 'qemu',
			memoryBytes: 64 * 1024 ** 2,
			firmware: {kind: 'bios', nvram: null},
			unsavable: [],
			tpm: false,
			agent: 'none',
		});
	});

	test('its disks', () => {
		expect(domain.disks.map(({target, source, format, device}) => ({target, source, format, device}))).toEqual([
			{target: 'vda', source: '/lab/images/DBHost-vda.qcow2', format: 'qcow2', device: 'disk'},
			{target: 'vdb', source: '/lab/images/DBHost-vdb.qcow2', format: 'qcow2', device: 'disk'},
		]);
	});
});

test('a shut-off domain has no id; an empty drive has no source', () => {
	const domain = parseDomainXml(fixture('raw-data.xml'));
	expect(domain.id).toBeNull();
	expect(domain.disks).toMatchObject([
		{target: 'vda', format: 'qcow2'},
		{target: 'vdb', format: 'raw'},
		{target: 'sda', device: 'cdrom', source: null, readonly: true},
	]);
});

describe('a domain with everything', () => {
	const domain = parseDomainXml(fixture('exotic.xml'));

	test('its name is exact', () => {
		expect(domain.name).toBe(`exotic <"&'> 007`);
	});

	test('memory in other units', () => {
		expect(domain.memoryBytes).toBe(2 * 1024 ** 3);
	});

	test('disks of every kind', () => {
		expect(domain.disks.map(disk => [disk.target, disk.type, disk.device, disk.source])).toEqual([
			['vda', 'file', 'disk', "/images/a\nb & 'c'.qcow2"],
			['vdb', 'block', 'disk', '/dev/vg/data'],
			['vdc', 'network', 'disk', 'rbd:pool/disk'],
			['vdd', 'volume', 'disk', 'volume:default/web.qcow2'],
			['vde', 'file', 'disk', '/images/scratch.qcow2'],
			['sda', 'file', 'cdrom', null],
			['fda', 'file', 'floppy', '/images/floppy.img'],
		]);
		const flags = domain.disks.map(disk => [disk.shareable, disk.transient, disk.snapshotPolicy]);
		expect(flags.slice(1, 5)).toEqual([
			[true, false, null],
			[false, false, null],
			[false, false, 'external'],
			[false, true, null],
		]);
	});

	test('what cannot be saved: passed-through PCI and shared folders, not USB', () => {
		expect(domain.unsavable).toEqual(['hostdev pci', 'filesystem 9p']);
		expect(domain.tpm).toBe(true);
	});

	test('an agent that is configured but does not answer', () => {
		expect(domain.agent).toBe('disconnected');
	});
});

describe('firmware', () => {
	const withOs = (os: string) => parseDomainXml(`<domain type='kvm'><name>d</name>${os}</domain>`).firmware;

	test('chosen by libvirt: NVRAM is known only once it was started', () => {
		expect(parseDomainXml(fixture('uefi-desk.xml')).firmware).toEqual({kind: 'uefi', nvram: null});
	});

	test('NVRAM without a format is raw', () => {
		expect(
			withOs(`<os><loader type='pflash'>/CODE.fd</loader><nvram template='/T.fd'>/d_VARS.fd</nvram></os>`),
		).toEqual({
			kind: 'uefi',
			nvram: {file: '/d_VARS.fd', format: 'raw'},
		});
	});

	test('NVRAM in qcow2, and in a <source>', () => {
		expect(withOs(`<os firmware='efi'><nvram format='qcow2'>/d.qcow2</nvram></os>`).nvram).toEqual({
			file: '/d.qcow2',
			format: 'qcow2',
		});
		expect(
			withOs(`<os firmware='efi'><nvram type='file' format='raw'><source file='/d.fd'/></nvram></os>`).nvram,
		).toEqual({
			file: '/d.fd',
			format: 'raw',
		});
	});

	test("variables of QEMU's own device, in JSON", () => {
		const os = (varstore: string) => withOs(`<os firmware='efi'><loader type='rom'>/EFI.fd</loader>${varstore}</os>`);
		expect(os(`<varstore template='/vars.json' path='/varstore/d.json'/>`)).toEqual({
			kind: 'uefi',
			nvram: {file: '/varstore/d.json', format: 'json'},
		});
		expect(os('<varstore/>')).toEqual({kind: 'uefi', nvram: null});
	});

	test('UEFI without variables', () => {
		expect(withOs(`<os firmware='efi'><loader type='rom' stateless='yes'>/CODE.fd</loader></os>`)).toEqual({
			kind: 'uefi',
			nvram: null,
		});
	});
});

test('agent that answers, and virtiofs', () => {
	const domain = parseDomainXml(`<domain type='kvm'><devices>
		<channel type='spicevmc'><target type='virtio' name='com.redhat.spice.0'/></channel>
		<channel type='unix'><target type='virtio' name='org.qemu.guest_agent.0' state='connected'/></channel>
		<filesystem type='mount'><driver type='virtiofs'/></filesystem>
		<shmem name='a' role='master'/><shmem name='b' role='peer'/><shmem name='c'/>
		<interface type='hostdev'/><interface type='network'/>
	</devices></domain>`);
	expect(domain.agent).toBe('connected');
	expect(domain.unsavable).toEqual(['filesystem virtiofs', 'interface hostdev', 'shmem peer', 'shmem peer']);
});

test.each<[string, string, string[]]>([
	['an invariant TSC', `<cpu mode='custom'><feature policy='require' name='invtsc'/></cpu>`, ['cpu invtsc']],
	['one that is forced', `<cpu><feature policy='force' name='invtsc'/></cpu>`, ['cpu invtsc']],
	['whatever the host has', `<cpu mode='host-passthrough' migratable='off'/>`, ['cpu migratable=off']],
	['an optional one', `<cpu mode='custom'><feature policy='optional' name='invtsc'/></cpu>`, []],
	['none', `<cpu mode='host-passthrough' migratable='off'><feature policy='disable' name='invtsc'/></cpu>`, []],
	['what can move', `<cpu mode='host-passthrough' migratable='on'/>`, []],
])('what of a CPU QEMU saves no memory with, unless its TSC has a fixed frequency: %s', (_, cpu, expected) => {
	const read = (clock: string) => parseDomainXml(`<domain type='kvm'>${cpu}${clock}</domain>`).unsavable;
	expect(read(`<clock offset='utc'><timer name='tsc' mode='native'/></clock>`)).toEqual(expected);
	expect(read(`<clock offset='utc'><timer name='tsc' frequency='2400000000'/></clock>`)).toEqual([]);
});

test('what is no domain is an error', () => {
	expect(() => parseDomainXml('<network/>')).toThrow();
});
