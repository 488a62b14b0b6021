/** What is told to be typed works as it stands, with the same hosts given. */
import {readdirSync, readFileSync} from 'node:fs';
import path from 'node:path';
import {describe, expect, test} from 'vitest';
import {refuse} from '../../source/core/model/refusal.ts';
import {byVirsh} from '../../source/core/steps/hints.ts';
import {RefusalError} from '../../source/core/words/foreseen-error.ts';
import {remedy} from '../../source/core/words/remedy.ts';
import {facts, host} from '../facts/facts.ts';
import {planFor} from '../facts/plan.ts';
import {cutOff, endedAs} from '../facts/receipt.ts';
import {snapshot} from '../facts/snapshot.ts';
import {run, web} from './fake.ts';

const two = ['-c', 'h1', '-c', 'h2'];
const created = planFor(facts({domain: web}), {verb: 'create', tag: 'x'});
const receipt = endedAs(created, 'verified');
const half = cutOff(created, 'rp');
const ssh = ['ssh', '-l', 'root', '--', 'h2'];

/** The same domain on both, as after a copy: without its host each line would be refused. */
const hosts = {h1: {domains: [web]}, h2: {domains: [web], receipts: [receipt]}};
const saved = {...hosts, h2: {domains: [{...web, managedSave: true}]}};
const kept = {...hosts, h2: {domains: [{...web, snapshots: [snapshot('before', {current: true, protected: true})]}]}};
const interrupted = {
	h1: {domains: [web]},
	h2: {
		domains: [web],
		receipts: [half],
		recovery: {
			verdict: 'partly' as const,
			summary: 'Partly done.',
			findings: [],
			choices: [{id: 'leave' as const, label: 'Leave it', status: 'failed' as const, message: 'left'}],
			refusals: [],
		},
	},
};

/** Every command of virsnap in a text, as a shell would take it apart. */
const linesIn = (text: string): string[][] =>
	[...text.matchAll(/\bvirsnap ([a-z][^()\n;,]*?)[.)]*(?=[\n;,(]|$| \()/g)].map(([, line]) => line!.trim().split(' '));

describe('with several hosts given', () => {
	test.each([
		['a protected snapshot', ['delete', 'h2/web', 'before'], kept, ['edit h2/web before --unprotect']],
		['a tag that there is not', ['revert', 'h2/web', 'nope'], hosts, ['list h2/web']],
		['a managed save', ['list', 'h2/web'], saved, ['restore h2/web', 'drop h2/web']],
		[
			'an operation that ended',
			['create', 'h2/web', 'y', '--yes'],
			hosts,
			[`log h2/${receipt.id}`, `undo h2/${receipt.id}`],
		],
		['an operation in the log', ['log', `h2/${receipt.id}`], hosts, [`log h2/${receipt.id}`, `undo h2/${receipt.id}`]],
		['an interrupted one', ['log', `h2/${half.id}`], interrupted, [`log h2/${half.id}`, `recover h2/${half.id}`]],
		['its choices', ['recover', half.id], interrupted, [`recover h2/${half.id} --leave`]],
		[
			'a domain with an interrupted operation',
			['create', 'h2/web', 'y', '--yes'],
			interrupted,
			[`recover h2/${half.id}`],
		],
	])('%s: each line that is told finds its host', async (_, argv, fake, lines) => {
		const {stdout, stderr} = await run([...two, ...argv], {hosts: fake});
		const told = linesIn(`${stdout}\n${stderr}`);
		expect(told.map(words => words.join(' '))).toEqual(expect.arrayContaining(lines));
		for (const words of told) {
			const followed = await run([...two, ...words], {hosts: fake});
			expect(followed.stderr).not.toMatch(
				/^Refused: (web|\S+) is on|No host is called|No domain is called|no receipt/m,
			);
			expect(followed.uris, words.join(' ')).toEqual(['h2']);
		}
	});

	test('a command that is about one host is told with each of them', async () => {
		const {stderr} = await run([...two, 'doctor'], {hosts});
		expect(stderr).toBe(
			'virsnap: doctor works on one host at a time.\nName it: virsnap -c h1 doctor or virsnap -c h2 doctor\n',
		);
	});

	test('what nothing is known about is looked for on that host', async () => {
		const connection = {status: 'lost', reason: 'no reason', retryAt: ''} as const;
		const {stderr} = await run([...two, 'list', 'h2/web'], {hosts: {...hosts, h2: {connection}}});
		expect(stderr).toMatch(/no connection to libvirt of h2\nno reason\nSee what is missing: virsnap -c h2 doctor\n/);
	});
});

describe('on another machine', () => {
	const far = {machine: {name: 'root@h2', ssh}, domains: [{...web, state: 'shut off' as const}]};

	test('a command of another program is told with the way there', async () => {
		const failure = new RefusalError(refuse('busy', 'A job runs.', remedy`See ${byVirsh(host, 'domjobinfo', web)}.`));
		const told = "Refused: A job runs.\nSee (ssh -l root -- h2 'virsh -c qemu:///session domjobinfo web').\n";
		const alone = await run(['-c', 'h2', 'create', 'web', 'y', '--yes'], {hosts: {h2: {...far, failure}}});
		expect(alone.stderr).toBe(told);
		const among = await run([...two, 'create', 'h2/web', 'y', '--yes'], {hosts: {...hosts, h2: {...far, failure}}});
		expect(among.stderr).toBe(told);
	});
});

/** A line with something filled in is made by `ownLine`, which knows where the host goes. */
test('no sentence of the program has a command of virsnap with a name or an id in it', () => {
	const source = path.join(import.meta.dirname, '../../source');
	const files = readdirSync(source, {recursive: true, encoding: 'utf8'}).filter(name => /\.tsx?$/.test(name));
	const found = files.flatMap(name => {
		const code = readFileSync(path.join(source, name), 'utf8').replace(/^\s*(?:\/\*[\s\S]*?\*\/|\/\/.*)/gm, '');
		return [...code.matchAll(/virsnap (?!help|completion)[a-z]+ \$\{[^`']*/g)].map(([text]) => `${name}: ${text}`);
	});
	expect(found).toEqual([]);
});
