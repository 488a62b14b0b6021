/** Text that becomes part of a command: it stays one argument of it, whoever takes it apart. */

import {execFileSync} from 'node:child_process';
import process from 'node:process';
import fc from 'fast-check';
import {expect, test} from 'vitest';
import {makePlan} from '../../source/core/make-plan.ts';
import type {Intent} from '../../source/core/model/intent.ts';
import {snapshotMethods} from '../../source/core/model/intent.ts';
import {diskspec, memspec} from '../../source/core/steps/snapshots/create-snapshot.ts';
import {hmpString} from '../../source/core/steps/snapshots/monitor-snapshot.ts';
import {step} from '../../source/core/steps/step.ts';
import {shellCommand} from '../../source/core/words/text.ts';
import {ask} from '../../source/libvirt/virsh/ask.ts';
import {quoteCommand} from '../../source/libvirt/virsh/quote.ts';
import {chained, domain, entry, image} from '../facts/domain.ts';
import {facts} from '../facts/facts.ts';
import {external, snapshot} from '../facts/snapshot.ts';
import {asBytes, longText, onceFailed, runs, text} from './texts.ts';

test('virsh reads each text back as one argument', async () => {
	const batch = fc.array(text, {minLength: 150, maxLength: 150});
	await fc.assert(
		fc.asyncProperty(batch, async texts => {
			const answers = await ask(
				{uri: null},
				texts.map(one => ['echo', '--', one]),
			);
			expect(answers.map(answer => answer.stdout)).toEqual(texts.map(asBytes));
		}),
		{numRuns: Math.ceil(runs() / 150)},
	);
});

test('a shell reads each copied command back as it was', () => {
	const batch = fc.array(fc.array(text, {minLength: 1, maxLength: 3}), {minLength: 100, maxLength: 100});
	fc.assert(
		fc.property(batch, lists => {
			const script = lists.map(words => shellCommand(['printf', '%s\\0', ...words])).join('\n');
			const out = execFileSync('bash', ['-s'], {input: script, env: {LC_ALL: 'C.UTF-8', PATH: process.env.PATH}});
			expect(out.toString().split('\0').slice(0, -1)).toEqual(lists.flat().map(asBytes));
		}),
		{numRuns: Math.ceil(runs() / 100)},
	);
});

/** One string argument as QEMU's monitor takes it (monitor/hmp.c, get_str): its value, and what is left of the line. */
function getStr(line: string): {value: string; rest: string} {
	const escapes: Record<string, string> = {n: '\n', r: '\r', '\\': '\\', "'": "'", '"': '"'};
	expect(line[0]).toBe('"');
	let value = '';
	let at = 1;
	for (; at < line.length && line[at] !== '"'; at++) {
		if (line[at] !== '\\') value += line[at];
		else {
			at++;
			const meant = escapes[line[at] ?? ''];
			if (meant === undefined) throw new Error(`unsupported escape code: '\\${line[at]}'`);
			value += meant;
		}
	}

	if (line[at] !== '"') throw new Error('unterminated string');
	return {value, rest: line.slice(at + 1)};
}

test('the monitor reads each text back as one argument of one command', () => {
	fc.assert(
		fc.property(longText, tag => {
			expect(getStr(hmpString(tag))).toEqual({value: tag, rest: ''});
			for (const action of ['savevm', 'loadvm', 'delvm'] as const) {
				const on = {uri: null, uuid: ''};
				const line = step({kind: 'monitor-snapshot', on, action, tag}, {title: ''}).argv.at(-1)!.slice('--cmd='.length);
				const command = `${action} `;
				expect(line.startsWith(command)).toBe(true);
				expect(line).not.toMatch(/[\n\r]/);
				expect(getStr(line.slice(command.length))).toEqual({value: tag, rest: ''});
			}
		}),
		{numRuns: runs(4), examples: onceFailed.map(tag => [tag])},
	);
});

/** virsh takes `--diskspec` apart at single commas (vshStringToArray): a doubled one is a comma. */
function splitSpec(spec: string): string[] {
	return spec
		.replaceAll(',,', '\0')
		.split(',')
		.map(part => part.replaceAll('\0', ','));
}

test('a comma in a path starts no other option', () => {
	fc.assert(
		fc.property(text, file => {
			const path = `/images/${file}x`;
			expect(splitSpec(diskspec('vda', 'external', path).slice('--diskspec='.length))).toEqual([
				'vda',
				'snapshot=external',
				`file=${path}`,
			]);
			expect(splitSpec(memspec(path).slice('--memspec='.length))).toEqual([`file=${path}`, 'snapshot=external']);
		}),
		{numRuns: runs(2)},
	);
});

/** Domains with hostile names, tags and paths everywhere, and something to be done to them. */
const wishes = fc.record({
	name: longText,
	tag: longText,
	fresh: longText,
	file: text,
	description: longText,
	running: fc.boolean(),
	managed: fc.boolean(),
	outside: fc.boolean(),
	method: fc.constantFrom(undefined, ...snapshotMethods),
	verb: fc.constantFrom('create', 'revert', 'delete', 'start', 'destroy', 'suspend'),
});

type Wish = typeof wishes extends fc.Arbitrary<infer T> ? T : never;

/** What libvirt would write, with everything escaped. */
function definition(...files: readonly string[]): string {
	const source = files.at(-1)!.replace(/[&<>"']/g, sign => `&#${sign.codePointAt(0)};`);
	return `<domain><devices><disk type='file'><source file='${source}'/><target dev='vda'/></disk></devices></domain>`;
}

function planFor(wish: Wish) {
	const base = `/images/${wish.file}.qcow2`;
	const overlay = `/images/${wish.file}.over.qcow2`;
	const held = wish.outside ? [] : [entry(wish.tag, {vmSizeBytes: wish.running ? 5 : 0})];
	const chain = wish.outside ? [image(overlay), image(base)] : [image(base, held)];
	const known = wish.outside
		? external(wish.tag, overlay, base, {libvirt: true})
		: snapshot(wish.tag, {
				libvirt: wish.managed,
				health: wish.managed ? 'ok' : 'unmanaged',
				vmSizeBytes: wish.running ? 5 : 0,
				state: wish.running ? 'running' : 'shutoff',
				disks: [{target: 'vda', kind: 'internal', id: '1', file: base, source: base}],
			});
	const planned = domain({
		name: wish.name,
		state: wish.running ? 'running' : 'shut off',
		disks: [chained('vda', ...(chain as [(typeof chain)[0]]))],
		snapshots: [known],
	});
	const {verb, method, description} = wish;
	const intent =
		verb === 'create'
			? {verb, tag: wish.fresh, ...(method && {method}), ...(method === 'libvirt-internal' && {description})}
			: verb === 'revert' || verb === 'delete'
				? {verb, tag: wish.tag}
				: {verb};
	return {
		outcome: makePlan(facts({domain: planned, inactiveXml: definition(base, overlay)}), intent as Intent),
		given: [wish.tag, wish.fresh, base, overlay, description],
	};
}

/** What virsh is told may only be one of its own commands, then options whose values stand behind `=`. */
function isPlain(argv: readonly string[]): boolean {
	const [program, ...rest] = argv;
	switch (program) {
		case 'virsh': {
			const words = rest[0] === '-c' ? rest.slice(2) : rest;
			return /^[a-z-]+$/.test(words[0] ?? '') && words.slice(1).every(word => /^--[a-z-]+(?:=|$)/.test(word));
		}

		case 'qemu-img':
			return ['snapshot', 'create', 'commit'].includes(rest[0] ?? '') && rest.at(-1)!.startsWith('/');
		case 'cp':
		case 'chmod':
		case 'rm':
			return rest.includes('--') && rest.slice(rest.indexOf('--') + 1).every(word => word.startsWith('/'));
		default:
			return false;
	}
}

test('whatever things are called, a plan runs known commands with that text as one value', () => {
	let planned = 0;
	fc.assert(
		fc.property(wishes, wish => {
			const {outcome} = planFor(wish);
			if ('refusal' in outcome) return;
			planned++;
			for (const {argv, undo} of outcome.plan.steps) {
				for (const command of [argv, ...(undo ? [undo] : [])]) {
					expect(isPlain(command), JSON.stringify(command)).toBe(true);
					expect(quoteCommand(command)).not.toBe('');
				}
			}
		}),
		{numRuns: runs(4)},
	);
	expect(planned).toBeGreaterThan(runs(4) / 5);
});

test('the locale of the host does not reach the programs', async () => {
	const [answer] = await ask({uri: null, env: {}}, [['nonsense-命令']]).then(
		answers => answers,
		(error: {stderr: string}) => [{stdout: '', stderr: error.stderr, failed: true}],
	);
	expect(answer!.stderr).toContain("unknown command: 'nonsense-命令'");
	const script = `import {ask} from '${new URL('../../source/libvirt/virsh/ask.ts', import.meta.url)}';
		const error = await ask({uri: null}, [['nonsense-命令']]).catch(error => error);
		process.stdout.write(JSON.stringify(error.stderr ?? error));`;
	const words = execFileSync(process.execPath, ['--input-type=module', '-e', script], {
		env: {...process.env, LANG: 'zh_CN.UTF-8', LC_ALL: 'zh_CN.UTF-8', LANGUAGE: 'zh_CN'},
		encoding: 'utf8',
	});
	expect(words).toContain("unknown command: 'nonsense-命令'");
});
