import {mkdtemp, rm, symlink, writeFile} from 'node:fs/promises';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import {expect, test} from 'vitest';
import {daemonAt, isSameFor} from '../../../source/libvirt/place/daemon-process.ts';
import {type DaemonSeen, isSystemUri, judgePlace, type PlaceFacts} from '../../../source/libvirt/place/place.ts';

const seen: DaemonSeen = {pid: 7, sameMounts: true};
const usual: PlaceFacts = {
	uri: 'qemu:///system',
	socket: '/run/libvirt/libvirt-sock',
	hostname: 'here',
	ownNames: ['here', 'here.example'],
	daemon: seen,
};

test.each<[string, Partial<PlaceFacts>, RegExp | 'here' | 'compared' | 'unproven']>([
	['a daemon that sees our mounts', {}, 'here'],
	['of a user', {uri: 'qemu:///session'}, 'here'],
	['by a socket', {uri: 'qemu+unix:///session?socket=/run/x'}, 'here'],
	["libvirt's own choice", {uri: null}, 'here'],
	['a name of its own proves nothing against what is seen', {hostname: 'other'}, 'here'],
	['a driver without a daemon', {uri: 'test:///default', socket: null, daemon: 'none'}, 'here'],
	['QEMU within the library', {uri: 'qemu:///embed?root=/x', socket: null, daemon: 'none'}, 'here'],
	['other mounts', {daemon: {pid: 7, sameMounts: false}}, 'compared'],
	['a socket of a container', {daemon: 'none'}, /no process .* listens at \/run\/libvirt\/libvirt-sock/],
	['one that may not be looked into', {daemon: 'hidden'}, 'unproven'],
	['by its canonical name', {daemon: 'hidden', hostname: 'here.example'}, 'unproven'],
	['a socket that is forwarded', {daemon: 'hidden', hostname: 'far'}, /runs on far/],
	['ssh', {uri: 'qemu+ssh://root@far/system', socket: null, daemon: 'none'}, /reached through ssh/],
	['ssh to a host of our name', {uri: 'qemu+ssh://localhost/system', hostname: 'here'}, /reached through ssh/],
	['ssh without a host', {uri: 'qemu+ssh:///system'}, /reached through ssh/],
	['a command of the user', {uri: 'qemu+ext:///system?command=/x'}, /reached through ext/],
	['tls', {uri: 'qemu+tls://far/system'}, /reached through tls/],
	['a host without a transport', {uri: 'qemu://far/system'}, /runs on far/],
])('%s', (_, facts, expected) => {
	const place = judgePlace({...usual, ...facts});
	if (expected instanceof RegExp) expect(place.elsewhere).toMatch(expected);
	else
		expect(place).toEqual({
			elsewhere: null,
			compare: expected === 'compared' ? 7 : null,
			proven: expected !== 'unproven',
		});
});

test.each<[string | null, number, boolean]>([
	['qemu:///system', 1000, true],
	['qemu+unix:///system?socket=/run/x', 1000, true],
	['qemu:///session', 0, false],
	['qemu+unix:///session?socket=/system', 0, false],
	[null, 0, true],
	[null, 1000, false],
])('%s as user %i is of the machine: %s', (uri, uid, system) => {
	expect(isSystemUri(uri, uid)).toBe(system);
});

test('a socket of another program is none of libvirt; files are told by device and inode', async () => {
	const folder = await mkdtemp(path.join(os.tmpdir(), 'virsnap-place-'));
	const server = net.createServer();
	const socket = path.join(folder, 'sock');
	await new Promise<void>(resolve => server.listen(socket, resolve));
	try {
		expect(await daemonAt(socket)).not.toMatchObject({sameMounts: expect.anything()});
		expect(await daemonAt(path.join(folder, 'none'))).toBe('hidden');
		await writeFile(path.join(folder, 'file'), '');
		await symlink(path.join(folder, 'file'), path.join(folder, 'link'));
		for (const name of ['file', 'link', 'new', 'sock'])
			expect(await isSameFor(process.pid, path.join(folder, name))).toBe(true);
		expect(await isSameFor(process.pid, '/nonexistent/folder/file')).toBe(false);
		expect(await isSameFor(2 ** 30, path.join(folder, 'file'))).toBe(false);
	} finally {
		server.close();
		await rm(folder, {recursive: true});
	}
});
