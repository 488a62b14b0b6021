/** What a configuration says, and where it is wrong. */
import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {withHost, withoutHost} from '../../source/configuration/edit.ts';
import {readHosts} from '../../source/configuration/read.ts';

const read = (text: string) => readHosts(text, '/c.toml');

describe('hosts', () => {
	test.each([
		['[hosts.h1]\nconnection = "qemu+ssh://root@h1/system"\n', ['h1 qemu+ssh://root@h1/system']],
		['[hosts]\na = {connection = "x"}\nb.connection = "y"\n', ['a x', 'b y']],
		['[hosts."db.example"]\nconnection = "alias" # libvirt.conf\n', ['db.example alias']],
		['', []],
	])('of %j: %j', (text, hosts) => {
		const {hosts: found, unknown, mistakes} = read(text);
		expect({found: found.map(({name, uri}) => `${name} ${uri}`), unknown, mistakes}).toEqual({
			found: hosts,
			unknown: [],
			mistakes: [],
		});
	});

	test.each([
		['a = 1\nb = = 2\n', /^\/c\.toml:2:5: /],
		['# x\n\n[hosts.h1]\nconection = "x"\n', /^\/c\.toml:3:1: h1 has no connection$/],
		['[hosts.h1]\n  connection = 5\n', /^\/c\.toml:2:3: connection is a URI/],
		['[hosts.h1]\nconnection = "x"\nreadonly = "yes"\n', /^\/c\.toml:3:1: readonly is true or false$/],
		['[hosts."a/b"]\nconnection = "x"\n', /^\/c\.toml:1:1: a\/b is no name for a host/],
		['[hosts]\nh1 = "x"\n', /^\/c\.toml:2:1: a host is a table: \[hosts\.h1\]$/],
		['hosts = 1\n', /^\/c\.toml:1:1: hosts are tables/],
		['[[hosts]]\nname = "h1"\n', /^\/c\.toml:1:1: hosts are tables/],
	])('%j is a mistake, with its place', (text, mistake) => {
		expect(read(text).mistakes).toEqual([expect.stringMatching(mistake)]);
		expect(read(text).hosts).toEqual([]);
	});

	test('what means nothing is said, and the rest counts', () => {
		const text =
			'colour = "red"\n[hosts.h1]\nconnection = "x"\nnote = """\n[hosts.h2]\nwrong = 1\n"""\n\n[lines]\nwide = 1\n';
		expect(read(text)).toEqual({
			hosts: [{name: 'h1', uri: 'x'}],
			pictures: false,
			columns: null,
			mistakes: [],
			unknown: [
				'/c.toml:1:1: nothing is called colour here; known: hosts, pictures, columns',
				'/c.toml:9:1: nothing is called lines here; known: hosts, pictures, columns',
				'/c.toml:4:1: a host has no note; known: connection, readonly, color',
			],
		});
	});
});

test('the colour of a host; one that is none is said, and the host is there', () => {
	const text = '[hosts.a]\nconnection = "x"\ncolor = "red"\n[hosts.b]\nconnection = "y"\ncolor = "pink"\n';
	expect(read(text)).toMatchObject({
		hosts: [
			{name: 'a', uri: 'x', color: 'red'},
			{name: 'b', uri: 'y'},
		],
		unknown: ['/c.toml:6:1: color is one of red, yellow, green, cyan, blue, magenta'],
		mistakes: [],
	});
});

test('a host that is only to be looked at', () => {
	const text = '[hosts]\na = {connection = "x", readonly = true}\nb = {connection = "y", readonly = false}\n';
	expect(read(text).hosts).toEqual([
		{name: 'a', uri: 'x', readonly: true},
		{name: 'b', uri: 'y'},
	]);
});

test.each([
	['', false, []],
	['pictures = true\n[hosts.h1]\nconnection = "x"\n', true, []],
	['pictures = false\n', false, []],
	['pictures = "yes"\n', false, ['/c.toml:1:1: pictures is true or false']],
	['pictures = true\nhosts = 1\n', true, []],
	['pictures = true\nhosts = = 1\n', false, []],
])('pictures of screens are wanted by %j: %j', (text, pictures, unknown) => {
	expect(read(text)).toMatchObject({pictures, unknown});
});

const own = `# Hosts of the lab.

# The database
[hosts.db]
connection = "qemu+ssh://db/system" # rack 3
# ask Eve before a revert

# The web servers
[hosts.w1]
connection = 'qemu+ssh://w1/system'
`;

describe('edits', () => {
	test('one more stands at the end, and nothing else moves', () => {
		const after = withHost(own, {name: 'w2', uri: 'qemu+ssh://w2/system'});
		expect(after).toBe(`${own}\n[hosts.w2]\nconnection = "qemu+ssh://w2/system"\n`);
		expect(withHost('', {name: 'a.b', uri: 'x"\\'})).toBe('[hosts."a.b"]\nconnection = "x\\"\\\\"\n');
		expect(withHost('[hosts.a]\nconnection = "x"', {name: 'b', uri: 'y'})).toMatch(/"x"\n\n\[hosts\.b\]/);
	});

	test('one less: only its own lines go, no comment does', () => {
		expect(withoutHost(own, 'db')).toBe(`# Hosts of the lab.

# The database
# ask Eve before a revert

# The web servers
[hosts.w1]
connection = 'qemu+ssh://w1/system'
`);
		expect(withoutHost(own, 'w1')).toBe(own.slice(0, own.indexOf('[hosts.w1]')));
	});

	test('what was added goes without a trace', () => {
		expect(withoutHost(withHost(own, {name: 'h', uri: 'x'}), 'h')).toBe(own);
	});

	test.each([['[hosts]\nh1 = {connection = "x"}\n'], ['hosts.h1.connection = "x"\n']])(
		'a host that is not a table of its own is left to whoever wrote it: %j',
		text => {
			expect(withoutHost(text, 'h1')).toBeNull();
		},
	);

	test('a heading inside a text is none', () => {
		const text = '[hosts.h1]\nconnection = """\n[hosts.h2]"""\n\n[hosts.h2]\nconnection = "y"\n';
		expect(withoutHost(text, 'h2')).toBe('[hosts.h1]\nconnection = """\n[hosts.h2]"""\n');
	});

	test('any names and URIs come back as they were', () => {
		const name = fc.stringMatching(/^[A-Za-z0-9_.@:"'\\#\][=é]{1,12}$/);
		fc.assert(
			fc.property(fc.dictionary(name, fc.string({minLength: 1}), {maxKeys: 4}), fc.nat(), (all, pick) => {
				const hosts = Object.entries(all).map(([name, uri]) => ({name, uri}));
				const text = hosts.reduce(withHost, '# first\n');
				const byName = (found: typeof hosts) => new Map(found.map(({name, uri}) => [name, uri]));
				expect(read(text).mistakes).toEqual([]);
				expect(byName(read(text).hosts as typeof hosts)).toEqual(byName(hosts));
				const [one] = hosts.slice(pick % Math.max(1, hosts.length));
				if (one === undefined) return;
				const left = read(withoutHost(text, one.name)!).hosts as typeof hosts;
				expect(byName(left)).toEqual(byName(hosts.filter(({name}) => name !== one.name)));
			}),
			{numRuns: 200},
		);
	});
});

test.each<[string, unknown, string[]]>([
	['', null, []],
	['columns = ["date", "own"]\n', ['date', 'own'], []],
	['columns = []\n', [], []],
	...['columns = ["owner"]\n', 'columns = "own"\n', '[columns]\nown = true\n'].map((text): [string, null, string[]] => [
		text,
		null,
		['/c.toml:1:1: columns is a list of any of these: size, date, age, clock, own, since, keep'],
	]),
])('%j: columns %j', (text, columns, unknown) => {
	expect(read(text)).toMatchObject({columns, unknown, mistakes: []});
});
