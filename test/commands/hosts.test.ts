/** Commands where several hosts are given. */
import {describe, expect, test} from 'vitest';
import {namedHosts} from '../../source/commands/hosts/host-names.ts';
import {clockWords} from '../../source/core/words/clock.ts';
import {facts} from '../facts/facts.ts';
import {planFor} from '../facts/plan.ts';
import {endedAs} from '../facts/receipt.ts';
import {run, web} from './fake.ts';
import {db, hosts, lost, two} from './two-hosts.ts';

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
