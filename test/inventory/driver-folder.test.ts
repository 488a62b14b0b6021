import {mkdir, mkdtemp, rm, writeFile} from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import {afterAll, beforeAll, expect, test} from 'vitest';
import {driverFolder} from '../../source/inventory/driver-folder.ts';

let config: string;
beforeAll(async () => {
	config = await mkdtemp(path.join(os.tmpdir(), 'virsnap-driver-folder-'));
	await mkdir(path.join(config, 'libvirt'));
	await writeFile(path.join(config, 'libvirt', 'libvirt.conf'), 'uri_aliases = [\n  "mine=qemu:///session",\n]\n');
});
afterAll(() => rm(config, {recursive: true}));

test.each([
	['mine', {}, 'session'],
	['qemu:///session', {}, 'session'],
	['qemu:///system', {}, 'system'],
	[null, {}, 'session'],
	[null, {LIBVIRT_DEFAULT_URI: 'qemu:///system'}, 'system'],
	[null, {LIBVIRT_DEFAULT_URI: 'mine'}, 'session'],
] as const)('of %s with %o: where libvirt itself goes', (uri, env, where) => {
	const system = '/var/lib/libvirt/qemu/save';
	const session = path.join(config, 'libvirt', 'qemu', 'save');
	expect(driverFolder(uri, {env: {XDG_CONFIG_HOME: config, ...env}, uid: 1000}, 'save')).toBe(
		where === 'system' ? system : session,
	);
});

test('definitions lie beside the configuration, also those of the system', () => {
	const folderOf = (uri: string) => driverFolder(uri, {env: {XDG_CONFIG_HOME: config}, uid: 0}, 'definitions');
	expect(folderOf('qemu:///system')).toBe('/etc/libvirt/qemu');
	expect(folderOf('qemu:///session')).toBe(path.join(config, 'libvirt', 'qemu'));
});
