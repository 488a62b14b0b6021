/** What a clone must not share with its base: an own value, or a word about it. */
import {expect, test} from 'vitest';
import {withIdentity} from '../../../source/core/domain-xml/identity.ts';
import {sharedIn} from '../../../source/core/domain-xml/shared.ts';

const was = '11111111-2222-3333-4444-555555555555';
const own = '00112233-4455-4677-8899-aabbccddeeff';
const of = (name: string, uuid: string, inside: string) =>
	`<domain><name>${name}</name><uuid>${uuid}</uuid>${inside}</domain>`;
const devices = (inside: string) => `<devices>${inside}</devices>`;
const cloned = (inside: string) =>
	withIdentity(of('web', was, inside), {name: 'web-2', uuid: own, mac: () => '', nvram: null});

test.each<[string, string, string]>([
	[
		'log of a serial port',
		devices('<serial type="pty"><log file="/log/web-serial.log" append="on"/></serial>'),
		devices('<serial type="pty"><log file="/log/web-2-serial.log" append="on"/></serial>'),
	],
	[
		'log without its name',
		devices('<console type="pty"><log file="/log/serial.log"/></console>'),
		devices('<console type="pty"><log file="/log/web-2-serial.log"/></console>'),
	],
	[
		'file',
		devices('<serial type="file"><source path="/log/web.txt"/></serial>'),
		devices('<serial type="file"><source path="/log/web-2.txt"/></serial>'),
	],
	[
		'socket that QEMU makes',
		devices('<channel type="unix"><source mode="bind" path="/run/web.sock"/></channel>'),
		devices('<channel type="unix"><source mode="bind" path="/run/web-2.sock"/></channel>'),
	],
	[
		'protection of the snapshots that it does not have',
		`<metadata><a:b xmlns:a="urn:a"/><v:snapshots xmlns:v="urn:virsnap:snapshots:1"><v:snapshot tag="s"/></v:snapshots></metadata>`,
		'<metadata><a:b xmlns:a="urn:a"/></metadata>',
	],
	[
		'socket of somebody else',
		devices('<channel type="unix"><source mode="connect" path="/run/web.sock"/></channel>'),
		devices('<channel type="unix"><source mode="connect" path="/run/web.sock"/></channel>'),
	],
	[
		'fixed port',
		devices('<graphics type="vnc" port="5901" autoport="no" websocket="5701"/>'),
		devices('<graphics type="vnc" port="-1" autoport="yes" websocket="-1"/>'),
	],
	[
		'socket of a display',
		devices('<graphics type="vnc" socket="/run/web.vnc"><listen type="socket" socket="/run/web.vnc"/></graphics>'),
		devices('<graphics type="vnc" socket="/run/web-2.vnc"><listen type="socket" socket="/run/web-2.vnc"/></graphics>'),
	],
	[
		'tap and port in Open vSwitch',
		devices(
			'<interface type="bridge"><target dev="tap-web"/><virtualport type="openvswitch"><parameters interfaceid="1"/></virtualport></interface>',
		),
		devices('<interface type="bridge"><virtualport type="openvswitch"><parameters/></virtualport></interface>'),
	],
	[
		'vsock',
		devices('<vsock model="virtio"><cid auto="no" address="7"/></vsock>'),
		devices('<vsock model="virtio"><cid auto="yes"/></vsock>'),
	],
	[
		'UUID in SMBIOS',
		`<sysinfo type="smbios"><system><entry name="uuid">${was}</entry></system></sysinfo>`,
		`<sysinfo type="smbios"><system><entry name="uuid">${own}</entry></system></sysinfo>`,
	],
	[
		'UUID in metadata',
		`<metadata><x:id xmlns:x="y">${was}</x:id></metadata>`,
		`<metadata><x:id xmlns:x="y">${own}</x:id></metadata>`,
	],
	['generation ID', `<genid>${was}</genid>`, '<genid/>'],
])('%s', (_, before, after) => {
	expect(cloned(before)).toBe(of('web-2', own, after));
});

test.each<[string, string, string | null]>([
	['host device', devices('<hostdev mode="subsystem" type="usb"/>'), 'exclusive: host device (usb)'],
	[
		'port of a serial console',
		devices('<serial type="tcp"><source mode="bind" host="0" service="4555"/></serial>'),
		'exclusive: tcp port 4555 of serial',
	],
	[
		'a console that connects',
		devices('<serial type="tcp"><source mode="connect" host="h" service="4555"/></serial>'),
		null,
	],
	[
		'a socket of somebody else',
		devices('<channel type="unix"><source mode="connect" path="/run/x"/></channel>'),
		'exclusive: socket /run/x',
	],
	['a ready tap', devices('<interface><target dev="tap0" managed="no"/></interface>'), 'exclusive: tap tap0'],
	['an own tap', devices('<interface><target dev="tap0"/></interface>'), null],
	['a folder', devices('<filesystem><source dir="/srv"/></filesystem>'), 'data: folder /srv'],
	['shared memory', devices('<shmem name="peers"/>'), 'data: shared memory peers'],
	[
		'persistent memory',
		devices('<memory model="nvdimm"><source><path>/pmem</path></source></memory>'),
		'data: nvdimm /pmem',
	],
	[
		'a TPM of the host',
		devices('<tpm><backend><device path="/dev/tpm0"/></backend></tpm>'),
		'exclusive: TPM /dev/tpm0',
	],
	['an emulated TPM', devices('<tpm><backend type="emulator"/></tpm>'), null],
	['a floppy', devices('<disk device="floppy"><source file="/f.img"/></disk>'), 'data: floppy /f.img'],
	[
		'a seed of cloud-init',
		devices('<disk device="cdrom"><source file="/i/web-cidata.iso"/><readonly/></disk>'),
		'identity: cloud-init seed /i/web-cidata.iso',
	],
	['an installer', devices('<disk device="cdrom"><source file="/seed/debian.iso"/></disk>'), null],
	[
		'a serial number',
		'<sysinfo><system><entry name="serial">42</entry></system></sysinfo>',
		'identity: serial in its <sysinfo>',
	],
	['a static label', '<seclabel type="static"/>', 'data: static security label'],
	[
		'arguments of QEMU',
		'<qemu:commandline><qemu:arg value="-x"/></qemu:commandline>',
		'exclusive: arguments of its <qemu:commandline>',
	],
])('said: %s', (_, inside, expected) => {
	const found = sharedIn(of('web', was, inside)).map(({kind, what}) => `${kind}: ${what}`);
	expect(found).toEqual(expected === null ? [] : [expected]);
});
