/** `virsnap open`: what it says of the disks that are served. */
import {expect, test} from 'vitest';
import {run} from './fake.ts';

test('where each disk is, and how to get at files', async () => {
	const {status, stdout, stderr} = await run(['open', 'web', 'before'], {answer: '\n'});
	expect(status).toBe(0);
	expect(stderr).toContain('Press Enter to close.');
	expect(stdout).toContain('vda   nbd+unix:///?socket=/tmp/open/vda.sock  /images/vda.qcow2');
	expect(stdout).toContain("guestfish --ro --format=raw -a 'nbd://?socket=/tmp/open/vda.sock' -i");
});

test('for scripts one JSON document, until it is told to end', async () => {
	const {status, stdout, stderr} = await run(['open', 'web', 'before', '--json']);
	expect([status, stderr]).toEqual([0, 'Serving until it is ended (Ctrl-C, SIGTERM).\n']);
	expect(JSON.parse(stdout)).toMatchObject({
		domain: 'web',
		tag: 'before',
		disks: [{target: 'vda', file: '/images/vda.qcow2', uri: 'nbd+unix:///?socket=/tmp/open/vda.sock'}],
	});
});

test('what cannot be opened is refused', async () => {
	const {status, stderr} = await run(['open', 'web', 'before', '--disk', 'vdz']);
	expect(status).toBe(3);
	expect(stderr).toContain('before has no disk vdz.');
});
