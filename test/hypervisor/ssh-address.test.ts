/** Hosts by their URI, for ssh and for libvirt's own way. */
import {expect, test} from 'vitest';
import {sshAddress, unaskedUri} from '../../source/hypervisor/agent/here/ssh-address.ts';

test.each([
	['qemu+ssh://root@h1/system', 'qemu+ssh://root@h1/system?no_tty=1'],
	['qemu+ssh://h1/system?keyfile=/k', 'qemu+ssh://h1/system?keyfile=/k&no_tty=1'],
	['qemu+ssh://h1/system?no_tty=1&keyfile=/k', 'qemu+ssh://h1/system?no_tty=1&keyfile=/k'],
])('of %s libvirt is told that ssh may ask nobody: %s', (given, told) => {
	expect(unaskedUri(sshAddress(given)!)).toBe(told);
});
