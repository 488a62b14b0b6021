import {describe, expect, test} from 'vitest';
import {commands} from '../../source/commands/catalogue.ts';
import {UsageError} from '../../source/commands/context.ts';
import {nearest} from '../../source/commands/line/nearest.ts';
import {parseCommandLine as parse} from '../../source/commands/line/parse.ts';
import {CommandError} from '../../source/libvirt/errors.ts';
import {remedyFor} from '../../source/libvirt/remedies.ts';
import {RefusedError} from '../../source/libvirt/wire/failures.ts';
import {run} from './fake.ts';

const parseCommandLine = (argv: readonly string[]) => parse(commands, argv);

/** What is wrong with a command line, and the remedy. */
function complaint(...argv: string[]): [string, string] {
	try {
		parseCommandLine(argv);
	} catch (error) {
		if (error instanceof UsageError) return [error.message, error.remedy];
		throw error;
	}
	throw new Error('It was taken');
}

describe('parseCommandLine', () => {
	test('a connection may stand before the command or after it', () => {
		const expected = {
			command: expect.objectContaining({name: 'list'}),
			words: ['web'],
			options: {json: true},
			connect: ['test:///'],
		};
		expect(parseCommandLine(['-c', 'test:///', 'list', 'web', '--json'])).toEqual(expected);
		expect(parseCommandLine(['list', '--json', 'web', '--connect=test:///'])).toEqual(expected);
	});

	test('a snapshot called --force stands behind --', () => {
		expect(parseCommandLine(['revert', '--safety', '--', 'web', '--force']).words).toEqual(['web', '--force']);
	});

	test.each([
		[['list', '--jsn'], "Unknown option '--jsn'", 'Did you mean --json?'],
		[['list', '--frobnicate'], "Unknown option '--frobnicate'", 'Usage: virsnap list [DOMAIN] [--json]'],
		[['--jsonn'], "Unknown option '--jsonn'", 'See virsnap --help'],
		[['lst'], "Unknown command 'lst'", 'Did you mean virsnap list?'],
		[['zzzzzzzz'], "Unknown command 'zzzzzzzz'", 'See the commands: virsnap --help'],
		[['list', 'a', 'b'], "list takes no 'b'", 'Usage: virsnap list [DOMAIN] [--json]'],
		[
			['delete', 'a'],
			'delete needs TAG',
			'Usage: virsnap delete DOMAIN TAG [--children] [--id ID] [--metadata-only] [--yes] [--json]',
		],
		[['constructor'], "Unknown command 'constructor'", 'See the commands: virsnap --help'],
	])('%j: %s', (argv, message, hint) => {
		expect(complaint(...argv)).toEqual([message, hint]);
	});

	test('an option without its value is told so', () => {
		expect(complaint('create', 'web', '--method')[0]).toBe('--method needs a value');
	});
});

test('nearest finds slips of the finger and beginnings, and nothing far-fetched', () => {
	const known = ['list', 'plan', 'create', 'disk-only'];
	expect(['lsit', 'creat', 'disk', 'plna', 'x', '', 'restore'].map(word => nearest(word, known))).toEqual([
		'list',
		'create',
		'disk-only',
		'plan',
		null,
		null,
		null,
	]);
});

describe('the program', () => {
	test('prints help and version on stdout', async () => {
		expect(await run(['--version'])).toMatchObject({
			status: 0,
			stdout: 'virsnap 1.2.3 (npm, Node 24.0.0)\n',
			stderr: '',
		});
		const {status, stdout} = await run(['--help']);
		expect(status).toBe(0);
		expect(stdout).toMatch(/^ {2}doctor +check this host/m);
		expect((await run(['create', '--help'])).stdout).toMatch(
			/^virsnap create DOMAIN \[TAG\] \[--method ID \| --prefer KIND\]/,
		);
	});

	test('help is a command too, and a slip in it is told', async () => {
		expect((await run(['help'])).stdout).toBe((await run(['--help'])).stdout);
		expect((await run(['help', 'create'])).stdout).toBe((await run(['create', '--help'])).stdout);
		expect(await run(['help', 'creat'])).toMatchObject({
			status: 2,
			stderr: expect.stringContaining('virsnap help create?'),
		});
	});

	test('a plan names the word that is missing, and its help every verb', async () => {
		expect((await run(['plan', 'clone', 'web'])).stderr).toMatch(/^virsnap: clone needs NEW\.\nUsage: virsnap clone/);
		expect((await run(['plan', '--help'])).stdout).toMatch(/save,\s+restore,\s+drop,\s+clone\s+or\s+reclaim/);
	});

	test('wrong usage: status 2, words and hint on stderr', async () => {
		expect(await run(['list', '--jsn'])).toMatchObject({
			status: 2,
			stdout: '',
			stderr: "virsnap: Unknown option '--jsn'.\nDid you mean --json?\n",
			uris: [],
		});
	});

	test.each([
		['save web /tmp/web.save --yes', /no memory to save/],
		['restore web --yes', /no managed save/],
		['restore ./none.save --yes', /none\.save holds no saved memory/],
		['drop web --yes', /no managed save[\s\S]*virsnap drop FILE/],
		['clone web web --yes', /There is a domain web already/],
		['clone web twin --id=1 --yes', /--id chooses a snapshot[\s\S]*virsnap clone \S+@TAG twin --id=1/],
		['clone web@before twin --id=9 --yes', /No snapshot before has the ID 9/],
	])('%s is refused with its reason', async (line, reason) => {
		const {status, stderr} = await run(line.split(' '));
		expect(stderr).toMatch(reason);
		expect(status).toBe(3);
	});

	test('takes the connection from -c, else from the environment in the order of virsh', async () => {
		const env = {VIRSH_DEFAULT_CONNECT_URI: 'one:///', LIBVIRT_DEFAULT_URI: 'two:///'};
		const asked = async (argv: string[], variables: Record<string, string>) => (await run(argv, {env: variables})).uris;
		expect(await asked(['list', '-c', 'zero:///'], env)).toEqual(['zero:///']);
		expect(await asked(['list'], env)).toEqual(['one:///']);
		expect(await asked(['list'], {LIBVIRT_DEFAULT_URI: 'two:///'})).toEqual(['two:///']);
		expect(await asked(['list'], {})).toEqual([null]);
	});

	test('opens the UI on a terminal, and lists where there is none', async () => {
		expect(await run([], {answer: ''})).toMatchObject({status: 0, shownUi: 1, stdout: ''});
		const piped = await run([]);
		expect(piped.shownUi).toBe(0);
		expect(piped.stdout).toContain('web');
	});

	test('without a connection: status 4 and the words of libvirt', async () => {
		const reason = "error: Failed to connect socket to '/run/libvirt/libvirt-sock': No such file or directory";
		const {status, stdout, stderr} = await run(['list', '--json', '-c', 'qemu:///system'], {
			connection: {status: 'lost', reason, remedy: remedyFor(reason), retryAt: ''},
		});
		expect([status, stdout]).toEqual([4, '']);
		expect(stderr).toContain('virsnap: no connection to libvirt (qemu:///system)');
		expect(stderr).toContain(reason);
		expect(stderr).toContain('systemctl start libvirtd');
	});

	test('what libvirt answers with an error has failed: nobody refused it', async () => {
		const words = 'Timed out during operation: cannot acquire state change lock';
		for (const failure of [new RefusedError(68, words), new CommandError(['virsh'], 1, words)]) {
			const {status, stdout, stderr} = await run(['create', 'web', 'next', '--yes', '--json'], {failure});
			expect([status, stdout]).toEqual([1, '']);
			expect(stderr).toContain(`${words}\n${failure.remedy}`);
		}
	});
});
