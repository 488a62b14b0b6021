/** What a recorded definition names is looked at before a running domain is given up. */
import {expect, test} from 'vitest';
import {pathsIn} from '../../../source/core/domain-xml/named-files.ts';
import type {Domain} from '../../../source/core/model/domain.ts';
import {disk, domain, entry} from '../../facts/domain.ts';
import {facts, inactiveXml} from '../../facts/facts.ts';
import {planFor, refusalOf} from '../../facts/plan.ts';
import {external, snapshot} from '../../facts/snapshot.ts';
import {saying} from '../../helpers/saying.ts';

const gone = '/srv/gone';

/** The definition of the usual domain with something more in it. */
function recorded({os = '', devices = '', name = 'web'}): string {
	return inactiveXml(domain({name}))
		.replace('<devices>', `<os>${os}</os><devices>`)
		.replace('</devices>', `${devices}</devices>`);
}

const named: [string, {os?: string; devices?: string}][] = [
	['a CD', {devices: `<disk type='file' device='cdrom'><source file='${gone}'/><target dev='sda'/></disk>`}],
	['a floppy', {devices: `<disk type='file' device='floppy'><source file='${gone}'/><target dev='fda'/></disk>`}],
	['a read-only disk', {devices: `<disk type='file'><source file='${gone}'/><target dev='vdb'/><readonly/></disk>`}],
	['a block device', {devices: `<disk type='block'><source dev='${gone}'/><target dev='vdb'/></disk>`}],
	[
		'a recorded base',
		{
			devices: `<disk type='file'><source file='/images/vda.qcow2'/><backingStore type='file'><source file='${gone}'/></backingStore><target dev='vdb'/></disk>`,
		},
	],
	['a kernel', {os: `<kernel>${gone}</kernel>`}],
	['an initrd', {os: `<initrd>${gone}</initrd>`}],
	['a loader', {os: `<loader readonly='yes' type='pflash'>${gone}</loader>`}],
	['a device tree', {os: `<dtb>${gone}</dtb>`}],
	['a template', {os: `<nvram template='${gone}'>${gone}</nvram>`}],
	['variables', {os: `<nvram>${gone}</nvram>`}],
	['a template in JSON', {os: `<varstore template='${gone}' path='${gone}'/>`}],
	['variables in JSON', {os: `<varstore path='${gone}'/>`}],
	['an ACPI table', {os: `<acpi><table type='slic'>${gone}</table></acpi>`}],
	['a shared folder', {devices: `<filesystem type='mount'><source dir='${gone}'/><target dir='x'/></filesystem>`}],
	['a serial port of the host', {devices: `<serial type='dev'><source path='${gone}'/></serial>`}],
	['an NVDIMM', {devices: `<memory model='nvdimm'><source><path>${gone}</path></source></memory>`}],
	['a source of randomness', {devices: `<rng model='virtio'><backend model='random'>${gone}</backend></rng>`}],
	['an emulator', {devices: `<emulator>${gone}</emulator>`}],
];

function world(xml: string, more: Partial<Domain> = {}) {
	const internal = snapshot('old', {state: 'running', vmSizeBytes: 1000});
	const disks = [
		disk('vda', {
			chain: [
				{
					...disk('vda').chain[0]!,
					snapshots: [entry('old', {vmSizeBytes: 1000, createdAt: '2026-03-01T10:00:00.000Z'})],
				},
			],
		}),
	];
	return facts({
		domain: {state: 'running', snapshots: [internal], disks, ...more},
		snapshotXml: {old: `<domainsnapshot><name>old</name>${xml}</domainsnapshot>`},
		gone: [gone],
	});
}

test.each(named)('%s that is gone: the running domain is not given up, and the remedy names the record', (_, parts) => {
	expect(refusalOf(world(recorded(parts)), {verb: 'revert', tag: 'old'})).toMatchObject({
		code: 'unhealthy',
		reason: expect.stringContaining(gone),
		remedy: saying('snapshot-edit web old'),
	});
});

test.each([
	['libvirt drops', `<disk device='cdrom'><source file='${gone}' startupPolicy='optional'/><target dev='sda'/></disk>`],
	['QEMU makes', `<serial type='file'><source path='${gone}'/></serial>`],
	['is a socket of its own', `<channel type='unix'><source mode='bind' path='${gone}'/></channel>`],
])('what %s need not be there', (_, devices) => {
	expect(planFor(world(recorded({devices})), {verb: 'revert', tag: 'old'}).steps).toHaveLength(1);
});

test('variables that are there need no template', () => {
	const os = `<nvram template='${gone}'>/srv/there</nvram>`;
	expect(planFor(world(recorded({os})), {verb: 'revert', tag: 'old'}).steps).toHaveLength(1);
});

const listener = (kind: string, address: string) =>
	`<serial type='tcp'><source mode='${kind}' host='${address}' service='5999'/></serial>`;
const vnc = (more: string) => `<graphics type='vnc' ${more}><listen type='address' address='127.0.0.1'/></graphics>`;

test.each<[string, string, string, RegExp | null]>([
	['a port of VNC', vnc(`port='5999' autoport='no'`), '127.0.0.1', /TCP port 5999 \(vnc\)/],
	['its WebSocket', vnc(`port='5998' websocket='5999'`), '0.0.0.0', /TCP port 5999 \(vnc\)/],
	['SPICE with TLS', `<graphics type='spice' tlsPort='5999' listen='::1'/>`, '::', /TCP port 5999 \(spice\)/],
	['a serial port', listener('bind', '0.0.0.0'), '10.0.0.1', /TCP port 5999 \(serial\)/],
	['another port', vnc(`port='5998'`), '127.0.0.1', null],
	['another address', vnc(`port='5999'`), '10.0.0.1', null],
	['one that libvirt chooses anew', vnc(`port='5999' autoport='yes'`), '127.0.0.1', null],
	['one to connect to', listener('connect', '127.0.0.1'), '127.0.0.1', null],
])(
	'%s at which somebody listens by now: the running domain is given up only where it can start',
	(_, devices, address, reason) => {
		const found = {...world(recorded({devices})), listening: [{address, port: 5999}]};
		const intent = {verb: 'revert', tag: 'old'} as const;
		if (reason === null) expect(planFor(found, intent).steps).toHaveLength(1);
		else {
			const refusal = refusalOf(found, intent);
			expect(refusal).toMatchObject({code: 'unhealthy', reason: expect.stringMatching(reason)});
			expect(refusal.remedy).toEqual(saying('snapshot-edit web old'));
		}
	},
);

test('where nothing starts, a warning is enough', () => {
	const off = world(recorded(named[0]![1]), {
		state: 'shut off',
		snapshots: [snapshot('old', {state: 'shutoff'})],
	});
	expect(planFor(off, {verb: 'revert', tag: 'old'}).warnings).toContainEqual(saying(`${gone} (cdrom sda) is gone`));
	expect(refusalOf(off, {verb: 'revert', tag: 'old', afterwards: 'running'}).code).toBe('unhealthy');
});

const file = '/images/web.save';
const memory = (xml: string) => ({
	[file]: {xml, sources: [{target: 'vda', source: '/images/vda.qcow2'}], writtenAt: null, changedSince: []},
});

test.each(named)('%s is among the files that are looked for', (_, parts) => {
	expect(pathsIn(recorded(parts))).toContain(gone);
});

test('a memory file that names something gone is not restored', () => {
	const found = facts({saveImages: memory(recorded(named[0]![1])), gone: [gone]});
	expect(refusalOf(found, {verb: 'restore', file})).toMatchObject({
		reason: expect.stringContaining(gone),
		remedy: saying(`save-image-edit ${file}`),
	});
});

test('memory of a domain that is renamed since: the way is the old name, also where another has it', () => {
	const found = facts({saveImages: memory(recorded({name: 'before'}))});
	const refusal = refusalOf(found, {verb: 'restore', file});
	expect(refusal).toMatchObject({code: 'unsupported', remedy: saying('domrename web before')});
	const other = facts({saveImages: memory(recorded({name: 'before'})), others: [domain({name: 'before', uuid: 'x'})]});
	expect(refusalOf(other, {verb: 'restore', file}).remedy).toEqual(saying('give the other domain before another name'));
});

test('nor one that names a port at which somebody listens', () => {
	const taken = recorded({devices: vnc(`port='5999'`)});
	const found = facts({saveImages: memory(taken), listening: [{address: '0.0.0.0', port: 5999}]});
	expect(refusalOf(found, {verb: 'restore', file})).toMatchObject({
		reason: expect.stringContaining('TCP port 5999'),
		remedy: saying(`save-image-edit ${file}`),
	});
});

test.each(['9.0.0', '11.3.0'])('a full checkpoint of a domain that is renamed since, by libvirt %s', libvirt => {
	const checkpoint = external('old', '/images/vda.old', '/images/vda.qcow2', {state: 'running', memoryFile: file});
	const found = facts({
		domain: {state: 'running', snapshots: [checkpoint]},
		host: {libvirt, externalSnapshots: libvirt !== '9.0.0'},
		saveImages: memory(recorded({name: 'before'})),
	});
	const {reason, remedy} = refusalOf(found, {verb: 'revert', tag: 'old'});
	expect(reason).toContain('before');
	expect(remedy).toEqual(saying('shut it down'));
	expect(remedy).toEqual(saying('domrename web before'));
});

test('overlays that are made new by us: what the present definition names counts where the domain starts', () => {
	const checkpoint = external('old', '/images/vda.old', '/images/vda.qcow2');
	const found = facts({
		domain: {snapshots: [checkpoint]},
		inactiveXml: recorded(named[0]![1]),
		gone: [gone],
	});
	expect(refusalOf(found, {verb: 'revert', tag: 'old', afterwards: 'running'}).remedy).toEqual(saying('edit web'));
	expect(planFor(found, {verb: 'revert', tag: 'old'}).steps.length).toBeGreaterThan(1);
});
