import {expect, test} from 'vitest';
import {run} from './fake.ts';

test('lists the demo hypervisor where there is no terminal; progress goes to stderr', async () => {
	const {status, stdout, stderr, uris} = await run(['demo']);
	expect([status, uris]).toEqual([0, ['lab:///']]);
	expect(stdout).toMatch(/^Id +Name/);
	expect(stderr).toMatch(/^Starting a private libvirt.*\n {2}web: a domain\nThe demo is over/);
});

test('opens the UI on a terminal', async () => {
	expect(await run(['demo'], {answer: ''})).toMatchObject({status: 0, shownUi: 1, stdout: ''});
});
