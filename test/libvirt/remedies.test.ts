import {describe, expect, test} from 'vitest';
import {isConnectionFailure, remedyFor} from '../../source/libvirt/remedies.ts';
import {firstWords} from '../../source/programs/first-words.ts';

const refused = 'error: failed to connect to the hypervisor\n';

describe('words of a failed command, as virsh and qemu-img say them', () => {
	test.each([
		['/images/pipe: it is a named pipe (FIFO), not an image', 'virsh edit', false],
		['/images/a.raw: the definition takes only a part of a file (<slices>), and …', 'offset=', false],
		['spawn virsh EMFILE', 'ulimit', true],
		["EMFILE: too many open files, open '/proc/1/comm'", 'ulimit', false],
		['/nfs/a.qcow2: no answer within 5 s', 'findmnt', false],
		[
			`${refused}error: Failed to connect socket to '/var/run/libvirt/libvirt-sock': Permission denied`,
			'libvirt group',
			true,
		],
		[`${refused}error: Failed to find user record for uid '61234'`, 'getent passwd', true],
		[
			`${refused}error: authentication unavailable: no polkit agent available to authenticate action 'org.libvirt.unix.manage'`,
			'libvirt group',
			true,
		],
		[
			`${refused}error: Failed to connect socket to '/var/run/libvirt/libvirt-sock': No such file or directory`,
			'systemctl start',
			true,
		],
		[
			`${refused}error: Failed to connect socket to '/var/run/libvirt/libvirt-sock': Connection refused`,
			'systemctl start',
			true,
		],
		[`${refused}error: unable to connect to server at '127.0.0.1:16509': Connection refused`, 'port', true],
		[`${refused}error: no connection driver available for foo:///bar`, 'qemu:///system', true],
		[
			`${refused}error: Cannot recv data: ssh: connect to host h port 22: Connection refused: Connection reset by peer`,
			'ssh',
			true,
		],
		[`${refused}error: something new`, 'virsh -c URI version', true],
		['libvirt at /run/libvirt/libvirt-sock does not answer: its daemon is stopped or stuck', 'systemctl status', false],
		['libvirt at /run/libvirt/libvirt-sock did not answer within 60 s', 'systemctl status', false],
		['libvirt did not answer within 60 s', 'systemctl status', false],
		['Content mismatch at offset 0!', 'shut the domain down', false],
		[
			'error: unsupported configuration: external snapshot file for disk vda already exists and is not a block device: /i/a.1795537321',
			'by the second: try again',
			false,
		],
		["error: pool 'P' is not active", 'virsh pool-start', false],
		[
			"error: Failed to start domain 'n'\nerror: unsupported configuration: storage pool 'P' containing volume 'x.qcow2' is not active",
			'virsh pool-start',
			false,
		],
		[
			"error: failed to get vol 'x.qcow2'\nerror: Storage volume not found: no storage vol with matching path 'x.qcow2'",
			'virsh pool-refresh',
			false,
		],
		[
			"error: failed to get pool 'Q'\nerror: Storage pool not found: no storage pool with matching name 'Q'",
			'virsh pool-list',
			false,
		],
		[
			'error: Disconnected from qemu:///system due to end of file\nerror: End of file while reading data: Input/output error',
			'was lost',
			true,
		],
		['spawn virsh ENOENT', 'libvirt-clients', true],
		['spawn qemu-img ENOENT', 'qemu-utils', false],
		[
			'error: Operation not supported: live disk snapshot not supported with this QEMU binary',
			'shut the domain off',
			false,
		],
		[`qemu-img: Could not open '/a': Failed to get shared "write" lock`, 'Another process', false],
		['error: Timed out during operation: cannot acquire state change lock', 'Another operation', false],
		["Could not open '/a': Permission denied", 'sudo', false],
		[
			"error: Cannot access storage file '/a' (as uid:64055, gid:64055): Permission denied",
			'QEMU runs as a user of its own',
			false,
		],
		[
			"error: internal error: process exited while connecting to monitor: qemu-system-x86_64: -blockdev {}: Could not open '/a': Permission denied",
			'namei -l',
			false,
		],
		["backing file /b: Could not open '/b': No such file or directory", 'rebase', false],
		["Could not open '/a': No such file or directory", 'virsh edit', false],
		["Could not open '/a': Image is not in qcow2 format", 'qemu-img info', false],
		['network disk', 'libvirt', false],
		['the image lies on another machine', 'that host', false],
	])('%s', (words, remedy, connection) => {
		expect(remedyFor(words, {root: false})).toContain(remedy);
		expect(remedyFor(words, {root: true})).not.toMatch(/sudo|libvirt group/);
		expect(isConnectionFailure(words)).toBe(connection);
	});

	test.each([
		["Could not open '/a': Permission denied", 'Even root may not'],
		[`${refused}error: Failed to connect socket to '/run/libvirt/libvirt-sock': Permission denied`, 'access_drivers'],
		[`${refused}error: Failed to connect socket to '/a': Connection refused`, ': systemctl start libvirtd'],
	])('root is told what root can do: %s', (words, remedy) => {
		expect(remedyFor(words, {root: true})).toContain(remedy);
	});

	test('unknown words have no remedy', () => {
		expect(remedyFor('error: the moon is full')).toBeNull();
	});

	test('a domain that cannot reach a socket of its own is no lost connection', () => {
		expect(
			isConnectionFailure(
				"error: internal error: Failed to connect socket to '/var/lib/monitor.sock': Connection refused",
			),
		).toBe(false);
	});
});

test('first words: the lines of virsh in one', () => {
	expect(firstWords('error: Failed to start\nerror: no disk\n\n')).toBe('Failed to start: no disk');
	expect(firstWords('It is so.\nBut why: because\n')).toBe('It is so. But why: because');
	expect(firstWords('')).toBe('');
});
