import {expect, test} from 'vitest';
import {run} from './fake.ts';

test('tells the main job by commands where there is no terminal; progress goes to stderr', async () => {
	const {status, stdout, stderr, uris} = await run(['demo']);
	expect([status, ...new Set(uris)]).toEqual([0, 'lab:///']);
	expect(stdout).toMatch(/^\n\$ virsnap list\nId +Name/);
	expect(stdout).toMatch(/^\$ virsnap revert Koan before-upgrade --yes$/m);
	expect(stderr).toMatch(/^Starting a private libvirt.*\n {2}web: a domain\n[\s\S]*\nThe demo is over/);
});

test('only lists with --json', async () => {
	const {stdout} = await run(['demo', '--json']);
	expect(JSON.parse(stdout)).toHaveProperty('domains');
});

test('opens the UI on a terminal', async () => {
	expect(await run(['demo'], {answer: ''})).toMatchObject({status: 0, shownUi: 1, stdout: ''});
});
