/** Hosts of the configuration: meant, marked, added, removed. */
import {describe, expect, test} from 'vitest';
import {run} from './fake.ts';
import {hosts, lost} from './two-hosts.ts';

describe('hosts of the configuration', () => {
	const configured = {
		hosts: [
			{name: 'db', uri: 'h1'},
			{name: 'far', uri: 'h2'},
		],
	};

	describe('marked readonly', () => {
		const marked = {hosts: [configured.hosts[0]!, {...configured.hosts[1]!, readonly: true as const}]};
		const refused = 'Refused: far is marked readonly: nothing is changed there from here.\n';

		test.each([
			[['create', 'far/web', 'x', '--yes']],
			[['-c', 'far', 'create', 'web', 'x', '--yes']],
			[['-c', 'h2', 'delete', 'web', 'before', '--yes']],
		])('%j is refused before anything is asked', async argv => {
			const {status, stderr, carriedOut, uris} = await run(argv, {hosts, configured: marked});
			expect({status, carriedOut, uris}).toEqual({status: 3, carriedOut: [], uris: []});
			expect(stderr.startsWith(refused) || /^Refused: h2 is marked readonly/.test(stderr)).toBe(true);
			expect(stderr).toMatch(/virsnap plan.*readonly = true/);
		});

		test('it is recovered and cancelled there by nobody from here', async () => {
			const found = await run(['-c', 'far', 'cancel', 'id'], {hosts, configured: marked});
			expect(found).toMatchObject({status: 3, stderr: expect.stringContaining('far is marked readonly')});
		});

		test('what would be done is shown, the others are changed, and hosts tells', async () => {
			expect((await run(['plan', 'create', 'far/web', 'x'], {hosts, configured: marked})).status).toBe(0);
			expect((await run(['create', 'db/web', 'x', '--yes'], {hosts, configured: marked})).status).toBe(0);
			const {stdout} = await run(['hosts', '--json'], {hosts, configured: marked});
			const told = JSON.parse(stdout).hosts as {name: string; readonly: boolean}[];
			expect(told.map(({name, readonly}) => [name, readonly])).toEqual([
				['db', false],
				['far', true],
			]);
			expect((await run(['hosts'], {hosts, configured: marked})).stdout).toContain('far is marked readonly');
		});
	});

	test('are meant where none is given', async () => {
		expect((await run(['list'], {hosts, configured})).uris).toEqual(['h1', 'h2']);
		const {uris, stderr} = await run(['create', 'far/web', 'x', '--yes'], {hosts, configured});
		expect(uris).toEqual(['h2']);
		expect(stderr).toMatch(/create x of web on far: verified/);
		expect(await run([], {hosts, configured, answer: ''})).toMatchObject({shownUi: 1, uris: ['h1', 'h2']});
	});

	test.each([
		[['-c', 'h2', 'list'], {}, ['h2']],
		[['-c', 'db', 'list'], {}, ['h1']],
		[['-c', 'db', '-c', 'qemu:///system', 'list'], {}, ['h1', 'qemu:///system']],
		[['list'], {LIBVIRT_DEFAULT_URI: 'h2'}, ['h2']],
	])('%j with %j: only these', async (argv, env, uris) => {
		expect((await run(argv, {hosts, configured, env})).uris).toEqual(uris);
	});

	test('a name of the configuration is told from one that a URI has', async () => {
		const {stdout} = await run(['-c', 'db', '-c', 'qemu+ssh://root@db/system', 'list', '--json'], {hosts, configured});
		expect(JSON.parse(stdout).hosts.map(({name}: {name: string}) => name)).toEqual(['db', 'root@db']);
	});

	const wrong = {mistakes: ['/c.toml:3:1: h1 has no connection']};

	test.each([[['list']], [['create', 'web', 'x', '--yes']], [['hosts']]])(
		'%j does nothing while a mistake leaves open which are meant',
		async argv => {
			expect(await run(argv, {configured: wrong})).toMatchObject({
				status: 2,
				uris: [],
				stderr:
					'virsnap: /c.toml:3:1: h1 has no connection.\nCorrect it; until then name the hosts yourself: -c URI.\n',
			});
		},
	);

	test.each([
		[['-c', 'h1', 'list']],
		[['help']],
		[['--version']],
		[['list', '--help']],
		[['demo', '--json']],
		[['complete', 'zsh', '--', 'lis']],
	])('%j has nothing to do with it', async argv => {
		expect(await run(argv, {hosts, configured: wrong})).toMatchObject({status: 0});
	});

	test('words that mean nothing are said, and no more', async () => {
		const {status, stderr} = await run(['list'], {hosts, configured: {...configured, unknown: ['/c.toml:1:1: no x']}});
		expect({status, stderr}).toEqual({status: 0, stderr: 'virsnap: /c.toml:1:1: no x\n'});
	});

	test.each([
		[['root@h3'], 'h3 qemu+ssh://root@h3/system'],
		[['h3.example:2222', '--name', 'three'], 'three qemu+ssh://h3.example:2222/system'],
		[['[fe80::1]'], '[fe80::1] qemu+ssh://[fe80::1]/system'],
		[['localhost'], 'localhost qemu:///system'],
		[['qemu+ssh://h3/session?socket=/s'], 'h3 qemu+ssh://h3/session?socket=/s'],
	])('hosts add %j: %s', async (words, line) => {
		const {status, stdout, written, stderr} = await run(['hosts', 'add', ...words], {configured});
		expect({status, written}).toEqual({status: 0, written: [`+ ${line}`]});
		expect(stdout).toMatch(/^\S+: libvirt 9\.0\.0, QEMU 7\.2\.22, 1 domain, virsnap 1\.2\.3\n$/);
		expect(stderr).toMatch(/^Added \S+ to \/c\.toml\.\n$/);
	});

	test('one that does not answer is not added', async () => {
		const uri = 'qemu+ssh://h3/system';
		expect(await run(['hosts', 'add', 'h3'], {hosts: {[uri]: {connection: lost}}})).toMatchObject({
			status: 4,
			written: [],
			stderr: 'virsnap: no connection to h3: Connection refused\nCheck that the host runs\nh3 was not added.\n',
		});
	});

	test.each([
		[['add', '-oProxyCommand=x'], /Unknown option|names no host/],
		[['add', 'a b'], /'a b' names no host/],
		[['add', 'root@db'], /has a host db already: h1\.\nGive this one another name: --name NAME/],
		[['add', 'x', '--name', 'a/b'], /a\/b is no name for a host/],
		[['add'], /hosts add needs a host/],
		[['sing', 'x'], /hosts knows no 'sing'/],
		[['remove', 'nope'], /\/c\.toml has no host nope\.\nHosts: db and far\./],
	])('hosts %j is refused: %s', async (words, stderr) => {
		expect(await run(['hosts', ...words], {hosts, configured})).toMatchObject({
			status: 2,
			written: [],
			stderr: expect.stringMatching(stderr),
		});
	});

	test('hosts remove', async () => {
		expect(await run(['hosts', 'remove', 'far'], {hosts, configured})).toMatchObject({
			status: 0,
			uris: [],
			written: ['- far'],
			stderr: 'Removed far from /c.toml.\n',
		});
	});

	describe('virsnap there', () => {
		const add = (more: object, ...words: string[]) =>
			run(['hosts', 'add', 'h3', ...words], {there: {version: null}, ...more});

		test('is shown with size and path, and put there where one says yes', async () => {
			const {stdout, written} = await add({answer: 'y\n'});
			expect(written).toEqual(['put', '+ h3 qemu+ssh://h3/system']);
			expect(stdout).toMatch(
				/^h3 has no virsnap\.\nvirsnap 1\.2\.3 can be put there: 1\.05 MiB, into \/home\/eve\/agent\/1\.2\.3\./,
			);
		});

		test.each([
			['one says no', {answer: 'n\n'}, [], /Nothing was changed/],
			['nobody can be asked', {}, [], /Nobody can be asked here: give --yes/],
			['it is not wanted', {answer: 'y\n'}, ['--no-install'], /^Added h3/],
			[
				'it cannot be',
				{there: {version: null, hindrance: {reason: 'No Node.', remedy: 'Get one.'}}},
				['--yes'],
				/put there: No Node\. Get one\./,
			],
			['it is there', {there: {version: '1.2.3'}}, ['--yes'], /^Added h3/],
		])('is not put there where %s; the host is added all the same', async (_, more, words, stderr) => {
			const ended = await add(more, ...words);
			expect(ended).toMatchObject({
				status: 0,
				written: ['+ h3 qemu+ssh://h3/system'],
				stderr: expect.stringMatching(stderr),
			});
		});

		test('of another version is told, and replaced with --yes', async () => {
			const {stdout, written} = await add({there: {version: '0.0.9'}}, '--yes');
			expect(written[0]).toBe('put');
			expect(stdout).toMatch(/^h3 has virsnap 0\.0\.9, this is 1\.2\.3\./);
		});

		test('is removed with the host where that is asked for', async () => {
			const {written, stderr} = await run(['hosts', 'remove', 'far', '--clean'], {hosts, configured});
			expect(written).toEqual(['clean h2', '- far']);
			expect(stderr).toBe('Removed the virsnap that was put on far.\nRemoved far from /c.toml.\n');
		});
	});

	test('where a variable goes before it that is said', async () => {
		const {stderr} = await run(['hosts', 'add', 'h3'], {env: {LIBVIRT_DEFAULT_URI: 'h2'}});
		expect(stderr).toMatch(/LIBVIRT_DEFAULT_URI is set, and goes before the configuration/);
	});
});
