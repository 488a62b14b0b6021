import {describe, expect, test} from 'vitest';
import {bashReply, splitBash} from '../../source/commands/completion/bash-words.ts';
import {snapshot} from '../facts/snapshot.ts';
import {run, web} from './fake.ts';

/** The texts offered, without what is said of them. */
async function offered(...words: string[]): Promise<string[]> {
	const {status, stdout} = await run(['complete', 'zsh', '--', ...words]);
	expect(status).toBe(0);
	return stdout
		.split('\n')
		.filter(Boolean)
		.map(line => line.split('\t')[0]!);
}

describe('what is offered', () => {
	test('commands, but none that is not for people', async () => {
		const names = await offered('');
		expect(names).toEqual(expect.arrayContaining(['list', 'plan', 'create', 'completion', 'man']));
		expect(names).not.toContain('carry-out');
		expect(names).not.toContain('complete');
	});

	test.each([
		[['list', ''], ['web']],
		[['revert', 'web', ''], ['before']],
		[
			['plan', ''],
			['create', 'revert', 'delete', 'edit', 'save', 'restore', 'drop', 'clone', 'reclaim'],
		],
		[['plan', 'revert', 'web', ''], ['before']],
		[['-c', 'test:///', '--yes', 'delete', 'web', ''], ['before']],
		[['edit', 'web', ''], ['before']],
		[['clone', 'we'], ['web']],
		[
			['clone', 'web@'],
			['web', 'web@before'],
		],
		[['plan', 'clone', 'nope@b'], ['web']],
		[['clone', 'web', ''], []],
		[['create', 'web', ''], []],
		[['revert', 'web', 'before', ''], []],
		[['revert', 'nope', ''], []],
		[['restore', ''], ['web']],
		[['restore', './'], [':files']],
		[['save', 'web', ''], [':files']],
		[['create', 'web', '--dir', ''], [':folders']],
		[['create', 'web', '--disk', ''], ['vda']],
		[['create', 'web', '--disk=v'], ['--disk=vda']],
		[['create', '--disk', ''], []],
		[['create', 'nope', '--disk', ''], []],
		[['create', 'web', '--disk', 'vda,'], []],
		[['create', 'web', '--disk', 'vdb,'], ['vdb,vda']],
		[['create', 'web', '--overlay', ''], ['vda=']],
		[
			['create', 'web', '--overlay', 'vda=/'],
			[':files', 'vda='],
		],
		[
			['create', 'web', '--overlay=vda=/a=b'],
			[':files', '--overlay=vda='],
		],
		[
			['create', 'web', '--dir=/'],
			[':folders', '--dir='],
		],
		[['create', 'web', '--memory-file', ''], [':files']],
		[
			['completion', ''],
			['bash', 'zsh', 'fish'],
		],
		[['nonsense', ''], []],
		[['-c', ''], []],
	])('%j: %j', async (words, expected) => {
		expect(await offered(...words)).toEqual(expected);
	});

	test('methods, beside the option or within its word', async () => {
		expect(await offered('create', 'web', '--method', '')).toContain('qemu-img');
		expect(await offered('create', 'web', '--method=qe')).toContain('--method=qemu-img');
	});

	test('options that are not given yet, nor excluded by one that is; behind -- none', async () => {
		const left = await offered('create', 'web', '--memory', '--yes', '--');
		expect(left).toEqual(expect.arrayContaining(['--method', '--json', '--connect']));
		for (const gone of ['--memory', '--yes', '--disk-only']) expect(left).not.toContain(gone);
		expect(await offered('plan', 'revert', 'web', 'before', '--')).toEqual(
			expect.arrayContaining(['--safety', '--json']),
		);
		expect(await offered('plan', 'revert', 'web', 'before', '--')).not.toContain('--yes');
		expect(await offered('revert', '--', 'web', '-')).toEqual(['before']);
	});

	test('an option that may be given again is offered again', async () => {
		expect(await offered('create', 'web', '--disk', 'vda', '--')).toContain('--disk');
	});

	test('topics of the help beside the commands', async () => {
		expect(await offered('help', '')).toEqual(expect.arrayContaining(['create', 'keys', 'methods', 'health', 'exit']));
	});

	test('no name that would steer a terminal or be read as an option', async () => {
		const tags = ['two\nlines', '\u001B[31m', '--force', 'plain'];
		const snapshots = tags.map(tag => snapshot(tag));
		const domains = [{...web, snapshots}];
		expect((await run(['complete', 'fish', '--', 'revert', 'web', ''], {domains})).stdout).toBe('plain\tinternal\n');
		const behind = await run(['complete', 'fish', '--', 'revert', '--', 'web', ''], {domains});
		expect(behind.stdout).toBe('--force\tinternal\nplain\tinternal\n');
	});
});

describe('bash', () => {
	test.each([
		['virsnap list od', 'odd\\ \\"names\\"'],
		['virsnap list odd\\ ', 'odd\\ \\"names\\"'],
		["virsnap list 'odd ", 'odd "names"'],
		['virsnap list "odd ', 'odd \\"names\\"'],
		['virsnap list "odd "x', null],
		['virsnap list we', null],
	])('%s: %s', (line, expected) => {
		expect(bashReply('odd "names"', splitBash(line).current)).toBe(expected);
	});

	test('takes the line apart as bash does', () => {
		expect(splitBash('virsnap  revert "a b"\\ c \'d\'e ').words).toEqual(['revert', 'a b c', 'de', '']);
		expect(splitBash('virsnap').words).toEqual([]);
	});

	test('only what follows a colon or an equals sign is replaced', () => {
		expect(bashReply('--method=qemu-img', splitBash('virsnap create web --method=q').current)).toBe('qemu-img');
		expect(bashReply('a:b c', splitBash('virsnap list a:').current)).toBe('b\\ c');
	});

	test('of DOMAIN@TAG what begins with the @, unless bash does not break words there (shopt -u hostcomplete)', () => {
		const {current} = splitBash('virsnap clone web@be');
		expect(bashReply('web@before', current)).toBe('@before');
		expect(bashReply('web@before', current, ' \t\n"\'@><=;|&(:')).toBe('@before');
		expect(bashReply('web@before', current, ' \t\n"\'><=;|&(:')).toBe('web@before');
		expect(bashReply('a@b:c', splitBash('virsnap clone a@b:').current)).toBe('c');
	});
});

describe('scripts', () => {
	test.each(['bash', 'zsh', 'fish'])('%s', async shell => {
		const {status, stdout} = await run(['completion', shell]);
		expect(status).toBe(0);
		expect(stdout).toContain(`virsnap complete ${shell} -- `);
	});

	test('of no other shell', async () => {
		expect(await run(['completion', 'bsh'])).toMatchObject({
			status: 2,
			stderr: expect.stringContaining('completion bash?'),
		});
		expect((await run(['completion', 'constructor'])).stderr).toContain('Shells: bash, zsh, fish');
	});
});
