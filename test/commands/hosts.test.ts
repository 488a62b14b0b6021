import {describe, expect, test} from 'vitest';
import {namedHosts} from '../../source/commands/hosts/host-names.ts';
import type {ConnectionState} from '../../source/core/model/hypervisor.ts';
import {clockWords} from '../../source/core/words/clock.ts';
import {domain} from '../facts/domain.ts';
import {facts} from '../facts/facts.ts';
import {planFor} from '../facts/plan.ts';
import {endedAs} from '../facts/receipt.ts';
import {run, web} from './fake.ts';

describe('what hosts are called', () => {
	test.each<[(string | null)[], string[]]>([
		[[null], ['localhost']],
		[['qemu:///system'], ['localhost']],
		[
			['qemu+ssh://root@h1/system', 'qemu+ssh://root@h2/system'],
			['h1', 'h2'],
		],
		[
			['h1', 'qemu+ssh://h2.example.org:2222/system'],
			['h1', 'h2.example.org'],
		],
		[
			['qemu+ssh://root@h1/system', 'qemu+ssh://eve@h1/system', 'qemu+ssh://h2/system'],
			['root@h1', 'eve@h1', 'h2'],
		],
		[
			['qemu+ssh://h1:22/system', 'qemu+ssh://h1:23/system'],
			['h1:22', 'h1:23'],
		],
		[
			['qemu:///system', 'qemu:///session'],
			['localhost-system', 'localhost-session'],
		],
		[
			['qemu+ssh://h1/system', 'qemu+ssh://h1/system?keyfile=/k'],
			['h1-system', 'h1-system#2'],
		],
		[
			['qemu+ssh://[fe80::1]/system', 'qemu+ssh://a%2Fb@h/system', 'qemu+ssh://c@h/system'],
			['[fe80::1]', 'a-b@h', 'c@h'],
		],
	])('%j: %j', (uris, names) => {
		expect(namedHosts(uris).map(({name}) => name)).toEqual(names);
	});
});

test.each([
	['h1', 'h1'],
	['qemu+ssh://h1/system', 'h1'],
])('what a host is marked with holds for it as %s', (given, name) => {
	const marked = {name: 'h1', uri: 'qemu+ssh://h1/system', readonly: true, color: 'red'} as const;
	expect(namedHosts([given, 'h2'], [marked])).toEqual([
		{name, uri: marked.uri, readonly: true, color: 'red'},
		{name: 'h2', uri: 'h2'},
	]);
});

test.each([
	[0, 1, null],
	[2999, 0, null],
	[-4000, 1, '4 s behind'],
	[4000, 4000, null],
	[200_000, 1, '3 min ahead'],
	[-7_500_000, 1, '2 h behind'],
])('a clock that is %i ms ahead, told in %i ms: %s', (ahead, milliseconds, words) => {
	expect(clockWords({ahead, milliseconds})).toBe(words);
});

const lost: ConnectionState = {
	status: 'lost',
	reason: 'Connection refused',
	remedy: 'Check that the host runs',
	retryAt: '',
};
const db = domain({name: 'db', uuid: '00000000-0000-4000-8000-0000000000db'});
const two = ['-c', 'h1', '-c', 'h2'];

/** The same `web` on both, by the same UUID, as after a copy; `db` on the second alone. */
const hosts = {h1: {domains: [web]}, h2: {domains: [web, db]}};

describe('the host that is meant', () => {
	test.each([
		['by its name', ['h2/web'], 'h2'],
		['by what it alone has', ['db'], 'h2'],
	])('%s', async (_, words, name) => {
		const {status, stdout} = await run([...two, 'plan', 'create', ...words, 'x', '--json'], {hosts});
		expect(status).toBe(0);
		expect(JSON.parse(stdout).host).toBe(name);
	});

	test('a name that two have is refused', async () => {
		expect(await run([...two, 'create', 'web', 'x', '--yes'], {hosts})).toMatchObject({
			status: 3,
			stderr: 'Refused: web is on h1 and h2.\nName the host: h1/web or h2/web\n',
			carriedOut: [],
		});
	});

	test('a name that another host may have, too, is refused', async () => {
		const found = await run([...two, 'create', 'web', 'x', '--yes'], {hosts: {...hosts, h2: {connection: lost}}});
		expect(found).toMatchObject({
			status: 3,
			stderr:
				'Refused: web is on h1; it is not known whether it is also on h2 (Connection refused).\nName the host: h1/web\n',
			carriedOut: [],
		});
	});

	test('a host that is lost costs the others nothing', async () => {
		const found = await run([...two, 'create', 'h1/web', 'x', '--yes'], {hosts: {...hosts, h2: {connection: lost}}});
		expect(found.status).toBe(0);
		expect(found.uris).toEqual(['h1']);
		expect(found.stderr).toMatch(/create x of web on h1: verified/);
	});

	test.each([
		[['create', 'nope', 'x'], 'Refused: h1 and h2 have no nope.\nSee all: virsnap list\n'],
		[['create', 'h3/web', 'x'], 'Refused: No host is called h3.\nHosts: h1 and h2.\n'],
		[
			['restore', '/var/x.save'],
			'Refused: It is not said on which host /var/x.save is.\nPut the host before it: h1//var/x.save or h2//var/x.save\n',
		],
	])('%j is refused', async (words, stderr) => {
		expect(await run([...two, ...words], {hosts})).toMatchObject({status: 3, stderr});
	});

	test('a review and a snapshot of a clone are found by the host, too', async () => {
		const {stdout, status} = await run([...two, 'plan', 'clone', 'h1/web@before', 'new', '--full'], {hosts});
		expect({status, first: stdout.split('\n')[0]}).toEqual({status: 0, first: 'Plan: clone before of web on h1'});
	});

	test('a receipt is where the work was done', async () => {
		const receipt = endedAs(planFor(facts({domain: web}), {verb: 'create', tag: 'x'}), 'verified');
		const {stdout} = await run([...two, 'log', receipt.id, '--json'], {hosts: {...hosts, h2: {receipts: [receipt]}}});
		expect(JSON.parse(stdout)).toMatchObject({host: 'h2', receipt: {id: receipt.id}});
		const all = await run([...two, 'log'], {hosts: {...hosts, h2: {receipts: [receipt]}}});
		expect(all.stdout).toMatch(/HOST[\s\S]* h2 /);
	});

	test.each([
		[
			[...two, 'doctor'],
			'virsnap: doctor works on one host at a time.\nName it: virsnap -c h1 doctor or virsnap -c h2 doctor\n',
		],
		[['-c', 'h1', '-c', 'h1', 'list'], 'virsnap: -c h1 is given twice.\nGive each host once.\n'],
	])('%j is wrong usage', async (argv, stderr) => {
		expect(await run(argv, {hosts})).toMatchObject({status: 2, stderr});
	});
});

describe('all hosts', () => {
	test('are listed together', async () => {
		const {stdout, status} = await run([...two, 'list'], {hosts});
		expect(status).toBe(0);
		expect(stdout.split('\n').map(line => line.split(/ {2,}/).slice(0, 3))).toEqual([
			['Host', 'Id', 'Name'],
			['h1', '-', 'web'],
			['h2', '-', 'web'],
			['h2', '-', 'db'],
			[''],
		]);
	});

	test('are one document, with a result each', async () => {
		const {stdout, status} = await run([...two, 'list', '--json'], {hosts: {...hosts, h2: {connection: lost}}});
		expect(status).toBe(4);
		expect(JSON.parse(stdout).hosts).toMatchObject([
			{name: 'h1', connection: {libvirt: '9.0.0'}, domains: [{name: 'web'}], failure: null},
			{name: 'h2', domains: null, failure: {reason: 'Connection refused', remedy: 'Check that the host runs'}},
		]);
	});

	test('one of them is a document of the same shape', async () => {
		const {stdout} = await run([...two, 'list', 'db', '--json'], {hosts});
		expect(JSON.parse(stdout).hosts).toMatchObject([{name: 'h2', domains: [{name: 'db'}]}]);
	});

	test('are shown in one UI', async () => {
		expect(await run(two, {answer: '', hosts})).toMatchObject({status: 0, shownUi: 1, uris: ['h1', 'h2']});
	});

	test('say how they are', async () => {
		const contact = {milliseconds: 12.34, ahead: -65_000};
		const fileSystems = [
			{folder: '/srv/fast', freeBytes: 3 * 1024 ** 3, bytes: 100 * 1024 ** 3},
			{folder: '/images', freeBytes: 2 * 1024 ** 4, bytes: 4 * 1024 ** 4},
		];
		const {stdout, stderr, status} = await run(['-c', 'h1', '-c', 'h2', '-c', 'h3', 'hosts'], {
			hosts: {h1: {domains: [web]}, h2: {contact, fileSystems, domains: [web, db]}, h3: {connection: lost}},
		});
		expect(status).toBe(4);
		expect(stdout).toMatchInlineSnapshot(`
			"HOST  STATE      LIBVIRT  QEMU    VIRSNAP  DOMAINS  FREE   LATENCY  CLOCK
			h1    connected  9.0.0    7.2.22  1.2.3    1        -      -        -
			h2    connected  9.0.0    7.2.22  1.2.3    2        3 GiB  12 ms    65 s behind
			h3    lost       -        -       -        -        -      -        -
			The clock of h2 is 65 s behind. Dates and expiry there go by its clock.
			"
		`);
		expect(stderr).toBe('virsnap: no connection to h3: Connection refused\nCheck that the host runs\n');
	});
});

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

test.each([
	[
		['list', ''],
		['h1/web', 'h2/web', 'db'],
	],
	[
		['list', 'h'],
		['h1/web', 'h2/web', 'h2/db', 'db'],
	],
	[
		['list', 'h2/'],
		['h2/web', 'h2/db'],
	],
	[['revert', 'h2/web', ''], ['before']],
	[['revert', 'h2/nope', ''], []],
	[
		['clone', 'h1/web@'],
		['h1/web', 'h1/web@before'],
	],
	[['restore', 'h1/'], ['h1/web']],
	[['restore', './'], [':files']],
])('Tab offers %j: %j', async (words, expected) => {
	const {stdout} = await run(['complete', 'zsh', '--', ...two, ...words], {hosts});
	const offered = stdout.split('\n').filter(Boolean);
	expect(offered.map(line => line.split('\t')[0])).toEqual(expected);
});
