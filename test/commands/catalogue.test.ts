import {describe, expect, test} from 'vitest';
import {commands} from '../../source/commands/catalogue.ts';
import type {Options} from '../../source/commands/command.ts';
import {parseCommandLine} from '../../source/commands/line/parse.ts';
import {shownOptions} from '../../source/commands/line/synopsis.ts';
import {run} from './fake.ts';

const shown = commands.filter(({hidden}) => !hidden);

test('each name stands once', () => {
	const names = commands.map(({name}) => name);
	expect(names).toEqual([...new Set(names)]);
});

test('an option of the same name takes a value in all commands or in none', () => {
	const kinds = new Map<string, Set<boolean>>();
	for (const {options} of commands) {
		for (const [name, {value}] of Object.entries(options as Options)) {
			kinds.set(name, new Set([...(kinds.get(name) ?? []), value !== undefined]));
		}
	}

	expect([...kinds].filter(([, kind]) => kind.size > 1)).toEqual([]);
});

describe.each(shown.map(command => [command.name, command] as const))('%s', (name, command) => {
	test('has two or three examples, and each is taken by the parser', () => {
		expect(command.examples.length).toBeGreaterThanOrEqual(2);
		expect(command.examples.length).toBeLessThanOrEqual(3);
		for (const {line} of command.examples) {
			const argv = line.replace(/ \|.*/, '').split(' ');
			expect(parseCommandLine(commands, argv).command).not.toBeNull();
		}

		expect(command.examples.some(({line}) => line.includes(name))).toBe(true);
	});

	test('explains every argument and option in its help, in lines that fit', async () => {
		const {status, stdout} = await run([name, '--help']);
		expect(status).toBe(0);
		for (const option of Object.keys(shownOptions(command.options)))
			expect(stdout).toMatch(new RegExp(`^ {6}--${option} .*\\w`, 'm'));
		for (const word of command.arguments) expect(stdout).toContain(`  ${word.name}`);
		expect(stdout.split('\n').filter(line => line.length > 80)).toEqual([]);
	});
});

test.each([
	['create web --method', '--method needs a value', /^--method ID: libvirt-internal, qemu-img/],
	['create web --method --yes', '--method needs a value', /one that begins with a dash: --method=-…$/],
	['list --json=1', '--json takes no value', /^Usage: virsnap list \[DOMAIN\]/],
	['revert web s --running --paused', '--running and --paused exclude each other', /^Usage: virsnap revert DOMAIN TAG/],
	['recover x --leave --finish', '--finish and --leave exclude each other', /^Usage: virsnap recover \[ID\]/],
	['plan reve web s', "There is no verb 'reve'", /^Did you mean plan revert\?$/],
	['plan log', 'log has no plan', /^Commands with a plan: create, revert/],
	['plan revert web s --saftey', "Unknown option '--saftey'", /^Did you mean --safety\?$/],
])('%s: %s', async (line, message, hint) => {
	const {status, stdout, stderr} = await run(line.split(' '));
	const [first, second] = stderr.trimEnd().split('\n');
	expect([status, stdout, first]).toEqual([2, '', `virsnap: ${message}.`]);
	expect(second).toMatch(hint);
});

test('an option with a value may stand before the command', async () => {
	expect((await run(['--method', 'qemu-img', 'plan', 'create', 'web', 'fresh'])).stdout).toContain('qemu-img: ');
});

test('a tag that is given and empty is refused, and no other is made up', async () => {
	const {status, stdout, carriedOut} = await run(['create', 'web', '', '--yes', '--json']);
	expect([status, JSON.parse(stdout).refusal.code, carriedOut]).toEqual([3, 'bad-tag', []]);
	expect((await run(['plan', 'create', 'web', ''])).status).toBe(3);
});

test('a file that is given and empty is no file of the current folder', async () => {
	for (const line of [
		['save', 'web', ''],
		['reclaim', 'web', ''],
	]) {
		expect(await run([...line, '--yes'])).toMatchObject({
			status: 2,
			stderr: expect.stringContaining('FILE is empty'),
			carriedOut: [],
		});
	}
});
