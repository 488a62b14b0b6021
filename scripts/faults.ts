/**
 * `npm run faults`: kills, full disks and unreadable files at every step of every method's create, revert and delete, on real
 * domains; prints what was there then and whether recovery ended well. Status 1 where one did not. Words choose among the cases:
 * `npm run faults -- external-live delete libvirtd`.
 */
import os from 'node:os';
import process from 'node:process';
import {allCases, type Case, type Row, shuffled} from '../test/faults/cases.ts';
import {type Bench, setUpBench, type Verdict} from '../test/faults/faults.ts';

const words = process.argv.slice(2);
const wanted = allCases().filter(one =>
	words.every(word => nameOf(one).split(' ').includes(word) || nameOf(one) === word),
);
const verdicts: Verdict[] = [];
const failures: string[] = [];
/** How many steps each plan has, as soon as one case has shown it. */
const stepsOf = new Map<string, number>();
const queue = shuffled(wanted, 1);

// Cases wait for libvirt and QEMU as often as they compute: one more than there are cores.
await Promise.all(Array.from({length: os.availableParallelism() + 1}, work));
process.stdout.write(`\n${verdicts.length} cases, ${verdicts.filter(one => one.recovered).length} recovered\n`);
for (const [fault, all] of Object.entries(Object.groupBy(verdicts, one => `${one.fault}, ${one.when}`))) {
	process.stdout.write(`  ${fault.padEnd(28)} ${all!.filter(one => one.recovered).length} of ${all!.length}\n`);
}

for (const failure of failures) process.stdout.write(`${failure}\n`);
process.exitCode = failures.length > 0 || verdicts.some(one => !one.recovered) || verdicts.length === 0 ? 1 : 0;

async function work(): Promise<void> {
	let bench = await setUpBench();
	try {
		for (let next = queue.shift(); next; next = queue.shift()) {
			if (await one(bench, next)) continue;
			// Whatever is wrong with this hypervisor is not to be held against the cases that follow.
			await bench.end();
			bench = await setUpBench();
		}
	} finally {
		await bench.end();
	}
}

/** False where the case itself broke off. */
async function one(bench: Bench, next: Case): Promise<boolean> {
	const plan = `${nameOfRow(next.row)} ${next.verb}`;
	if (next.step > (stepsOf.get(plan) ?? next.step)) return true;
	try {
		const verdict = await bench.run(next);
		stepsOf.set(plan, typeof verdict === 'number' ? verdict : verdict.steps);
		if (typeof verdict === 'number') return true;
		verdicts.push(verdict);
		const line = [
			nameOfRow(next.row).padEnd(27),
			next.verb.padEnd(6),
			`${next.step}/${verdict.steps}`,
			`${next.fault}, ${next.when}`.padEnd(26),
			verdict.ended.padEnd(12),
			(verdict.recovered ? 'recovered' : 'NOT').padEnd(9),
			verdict.path,
			verdict.problem,
		];
		process.stdout.write(`${line.join('  ').trimEnd()}\n`);
		return true;
	} catch (error) {
		const text = `${nameOf(next)}: ${error instanceof Error ? error.stack : String(error)}`;
		process.stdout.write(`FAILED ${text}\n`);
		failures.push(text);
		return false;
	}
}

function nameOf({row, verb, step, fault, when}: Case): string {
	return `${nameOfRow(row)} ${verb} step${step} ${fault.replaceAll(' ', '-')} ${when}`;
}

function nameOfRow({method, running, middle, managed}: Row): string {
	return [method, running ? 'on' : 'off', middle ? 'middle' : '', managed ? 'managed' : '']
		.filter(word => word !== '')
		.join(' ');
}
