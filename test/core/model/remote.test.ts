import {expect, test} from 'vitest';
import {isRemote} from '../../../source/core/model/domain.ts';

test.each([
	[null, false],
	['qemu:///system', false],
	['qemu:///session', false],
	['qemu+unix:///session?socket=/run/libvirt-sock', false],
	['qemu+unix://host/system', false],
	['test:///default', false],
	['qemu+ssh://root@host/system', true],
	['qemu+ssh://host:2222/system?keyfile=/a', true],
	['qemu+tls://host/system', true],
	['qemu://host/system', true],
	['qemu+ssh:///system', false],
])('%s', (uri, remote) => {
	expect(isRemote(uri)).toBe(remote);
});
