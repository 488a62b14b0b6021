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

test('a terminal that places no text gets lists and commands, without one escape', async () => {
	const dumb = {answer: '', env: {TERM: 'dumb'}};
	const [alone, demo, size] = [await run([], dumb), await run(['demo'], dumb), await run(['size', 'web'], dumb)];
	expect(alone).toMatchObject({status: 0, shownUi: 0, stdout: expect.stringMatching(/^Id +Name/)});
	expect(alone.stderr).toContain('TERM=dumb');
	expect(demo).toMatchObject({status: 0, shownUi: 0, stdout: expect.stringContaining('$ virsnap list')});
	for (const {stdout, stderr} of [alone, demo, size]) expect(`${stdout}${stderr}`).not.toMatch(/[\u001B\r]/);
});

test('several hosts are seen in one screen, and told by commands that name them', async () => {
	const {stdout, uris} = await run(['demo', '--hosts', '3']);
	expect(stdout).toContain('$ virsnap hosts\n');
	expect(stdout).toContain('$ virsnap create h1/Koan before-upgrade --yes\n');
	expect(new Set(uris)).toEqual(new Set(['lab:///h1', 'lab:///h2', 'lab:///h3']));
	expect(await run(['demo', '--hosts', '3'], {answer: ''})).toMatchObject({status: 0, shownUi: 1});
});

test.each(['0', '1', '9', '2.5', 'many'])('--hosts %s is no number of hosts', async count => {
	expect(await run(['demo', `--hosts=${count}`])).toMatchObject({
		status: 2,
		stderr: expect.stringContaining('Give 2 to 8'),
	});
});
