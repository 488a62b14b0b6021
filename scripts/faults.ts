/**
 * `npm run faults`: kills, full disks and unreadable files at every step of every method's create, revert and delete, on real
 * domains; prints what was there then and whether recovery ended well. Status 1 where one did not. Words choose among the cases:
 * `npm run faults -- external-live delete libvirtd`. `--on trixie`, or `--on 13`, does so on that Debian's libvirt and QEMU, as
 * `npm run test:matrix` does.
 */
import {fork} from 'node:child_process';
import {once} from 'node:events';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import {fileURLToPath} from 'node:url';
import {allCases, type Case, type Row, shuffled} from '../test/faults/cases.ts';
import {type Bench, setUpBench, type Verdict} from '../test/faults/faults.ts';
import {enterHypervisor, hypervisor} from './matrix/hypervisor.ts';
import {chosen, ownSuite} from './matrix/releases.ts';

/** What a share tells: a case that was judged, or one that broke off. */
type Told = {readonly verdict: Pick<Verdict, 'fault' | 'when' | 'recovered'>} | {readonly failure: string};

const elsewhere = process.argv[2] === '--on';
const words = process.argv.slice(elsewhere ? 4 : 2);
const share = process.env.FAULTS_SHARE;
if (elsewhere) await runElsewhere(process.argv[3] ?? '');
else if (share === undefined) await runShares();
else await runShare(share);

async function runElsewhere(release: string): Promise<void> {
	const [first] = chosen(['--on', release], ownSuite(), 0).folders;
	if (first === undefined) throw new Error(`${release} is this machine's own: leave --on out`);
	const node = path.join(import.meta.dirname, '../node_modules/.bin/node');
	const self = [node, path.join(import.meta.dirname, 'run.js'), fileURLToPath(import.meta.url)];
	// Some cut the link of another host.
	const folder = await hypervisor(first, {remote: true});
	await enterHypervisor(folder, [...self, ...words]).catch((error: Error) => {
		process.stderr.write(`${error.message}\n`);
		process.exitCode = 1;
	});
}

/**
 * Each share in a process of its own: to start a program Node copies its page tables, and these grow with what a process holds. Cases
 * wait for libvirt and QEMU as often as they compute: one share more than there are cores.
 */
async function runShares(): Promise<void> {
	const count = os.availableParallelism() + 1;
	const told: Told[] = [];
	const shares = Array.from({length: count}, (_, index) => {
		const env = {...process.env, FAULTS_SHARE: `${index}/${count}`};
		const child = fork(fileURLToPath(import.meta.url), words, {env, execArgv: ['--max-semi-space-size=2']});
		child.on('message', message => told.push(message as Told));
		return once(child, 'exit');
	});
	const statuses = await Promise.all(shares);
	const verdicts = told.flatMap(one => ('verdict' in one ? [one.verdict] : []));
	const failures = told.flatMap(one => ('failure' in one ? [one.failure] : []));
	process.stdout.write(`\n${verdicts.length} cases, ${verdicts.filter(one => one.recovered).length} recovered\n`);
	for (const [fault, all] of Object.entries(Object.groupBy(verdicts, one => `${one.fault}, ${one.when}`))) {
		process.stdout.write(`  ${fault.padEnd(28)} ${all!.filter(one => one.recovered).length} of ${all!.length}\n`);
	}

	for (const failure of failures) process.stdout.write(`${failure}\n`);
	const ended = statuses.every(([status]) => status === 0);
	const well = ended && failures.length === 0 && verdicts.length > 0 && verdicts.every(one => one.recovered);
	process.exitCode = well ? 0 : 1;
}

/** `which`: `INDEX/COUNT`, of the cases that the words choose, in an order that is always the same. */
async function runShare(which: string): Promise<void> {
	const [index, count] = which.split('/').map(Number) as [number, number];
	const wanted = allCases().filter(one =>
		words.every(word => nameOf(one).split(' ').includes(word) || nameOf(one) === word),
	);
	let bench = await setUpBench();
	try {
		for (const next of shuffled(wanted, 1).filter((_, place) => place % count === index)) {
			if (await judged(bench, next)) continue;
			// Whatever is wrong with this hypervisor is not to be held against the cases that follow.
			await bench.end();
			bench = await setUpBench();
		}
	} finally {
		await bench.end();
		process.disconnect?.();
	}
}

function tell(told: Told): void {
	process.send?.(told);
}

/** False where the case itself broke off. */
async function judged(bench: Bench, next: Case): Promise<boolean> {
	try {
		const verdict = await bench.run(next);
		if (typeof verdict === 'number') return true;
		const {fault, when, recovered} = verdict;
		tell({verdict: {fault, when, recovered}});
		const line = [
			nameOfRow(next.row).padEnd(27),
			next.verb.padEnd(6),
			`${next.step}/${verdict.steps}`,
			`${fault}, ${when}`.padEnd(26),
			verdict.ended.padEnd(12),
			(recovered ? 'recovered' : 'NOT').padEnd(9),
			verdict.path,
			verdict.problem,
		];
		process.stdout.write(`${line.join('  ').trimEnd()}\n`);
		return true;
	} catch (error) {
		const text = `${nameOf(next)}: ${error instanceof Error ? error.stack : String(error)}`;
		process.stdout.write(`FAILED ${text}\n`);
		tell({failure: text});
		return false;
	}
}

function nameOf({row, verb, step, fault, when}: Case): string {
	// What comes behind a comma is a word of its own.
	return `${nameOfRow(row)} ${verb} step${step} ${fault.replaceAll(/(?<!,) /g, '-').replace(',', '')} ${when}`;
}

function nameOfRow({method, running, of, ...more}: Row): string {
	const marks = (['middle', 'managed', 'kept', 'renamed', 'leftOut'] as const).filter(mark => more[mark]);
	return [method, running ? 'on' : 'off', ...marks, ...(of ? ['snapshot'] : [])].join(' ');
}
