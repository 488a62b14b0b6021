/** Where libvirt's own library would look. */
import {mkdir, mkdtemp, rm, writeFile} from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import {afterEach, beforeEach, describe, expect, test} from 'vitest';
import {daemonAddress} from '../../../source/libvirt/wire/address.ts';
import {parseAliases, parseSetting} from '../../../source/libvirt/wire/libvirt-conf.ts';

let home: string;
beforeEach(async () => {
	home = await mkdtemp(path.join(os.tmpdir(), 'virsnap-address-'));
	await mkdir(path.join(home, 'run/libvirt'), {recursive: true});
	await mkdir(path.join(home, '.config/libvirt'), {recursive: true});
});
afterEach(() => rm(home, {recursive: true}));

const own = () => path.join(home, 'run/libvirt/libvirt-sock');
const user = (env: Record<string, string> = {}) => ({
	uid: 1000,
	env: {HOME: home, XDG_RUNTIME_DIR: `${home}/run`, ...env},
});
const root = {uid: 0, env: {}};
const settings = (text: string) => writeFile(path.join(home, '.config/libvirt/libvirt.conf'), text);

describe('sockets', () => {
	test("of the machine and of the user; root has the machine's for both", () => {
		expect(daemonAddress('qemu:///system', user())).toMatchObject({name: 'qemu:///system'});
		expect(daemonAddress('qemu:///system', user()).socket).toMatch(/^\/var\/run\/libvirt\/(?:libvirt|virtqemud)-sock$/);
		expect(daemonAddress('qemu:///session', user())).toEqual({
			socket: own(),
			name: 'qemu:///session',
			uri: 'qemu:///session',
		});
		expect(daemonAddress('qemu:///session', root).socket).toMatch(/^\/var\/run\/libvirt\//);
	});

	test('the daemon for QEMU alone comes first where it is there, unless the mode says otherwise', async () => {
		const direct = path.join(home, 'run/libvirt/virtqemud-sock');
		expect(daemonAddress('qemu:///session?mode=direct', user()).socket).toBe(direct);
		await writeFile(direct, '');
		expect(daemonAddress('qemu:///session', user()).socket).toBe(direct);
		expect(daemonAddress('qemu:///session?mode=legacy', user()).socket).toBe(own());
		await settings('remote_mode = "legacy"\n');
		expect(daemonAddress('qemu:///session', user()).socket).toBe(own());
	});

	test('given in the URI, with any sign in it', () => {
		const uri = 'qemu+unix:///session?socket=/a%20b/%E5%BF%AB+%26x';
		expect(daemonAddress(uri, user())).toEqual({socket: '/a b/快+&x', name: 'qemu:///session', uri});
	});

	test('without a folder for what runs, in the cache', () => {
		const {socket} = daemonAddress('qemu:///session', {uid: 1000, env: {HOME: home}});
		expect(socket).toBe(path.join(home, '.cache/libvirt/libvirt-sock'));
	});
});

describe('what is asked where nothing is said', () => {
	test("virsh's variable, then libvirt's, then the setting, then whatever runs", async () => {
		const variables = {
			VIRSH_DEFAULT_CONNECT_URI: 'qemu:///session?socket=/1',
			LIBVIRT_DEFAULT_URI: 'qemu:///session?socket=/2',
		};
		expect(daemonAddress(null, user(variables)).socket).toBe('/1');
		expect(daemonAddress(null, user({LIBVIRT_DEFAULT_URI: variables.LIBVIRT_DEFAULT_URI})).socket).toBe('/2');
		expect(daemonAddress(null, user())).toEqual({socket: own(), name: null, uri: null});
		await settings('# uri_default = "no"\nuri_default = "qemu:///session?socket=/3" # yes\n');
		expect(daemonAddress(null, user()).socket).toBe('/3');
	});

	test('short names', async () => {
		await settings(
			'uri_aliases = [\n  # "old=qemu:///system",\n  "near=qemu:///session?socket=/4",\n \'far=qemu+ssh://h/system\',\n]\n',
		);
		expect(daemonAddress('near', user()).socket).toBe('/4');
		expect(daemonAddress('far', user())).toMatchObject({socket: null});
		expect(daemonAddress('old', user())).toMatchObject({socket: null});
	});
});

test.each([
	'qemu+ssh://root@host/system',
	'qemu://host/system',
	'qemu+tcp:///system',
	'qemu+tls:///system',
	'qemu+ext:///system?command=x',
	'xen:///system',
	'lxc:///',
	'test:///default',
	'qemu:///embed?root=/x',
	'qemu:///system?no_verify=1',
	'qemu:///system?socket=%FF',
	'qemu:',
	'constructor',
])('%s is not for the wire', uri => {
	expect(daemonAddress(uri, user())).toMatchObject({socket: null, reason: expect.stringMatching(/./)});
});

test('settings are read as libvirt reads them', () => {
	expect(parseSetting("uri_default='a#b'", 'uri_default')).toBe('a#b');
	expect(parseSetting('#uri_default = "x"', 'uri_default')).toBeUndefined();
	expect([...parseAliases('uri_aliases = ["a=b#]", # "c=d",\n"e=f"]')]).toEqual([
		['a', 'b#]'],
		['e', 'f'],
	]);
	expect(parseAliases('uri_aliases = [').size).toBe(0);
});
