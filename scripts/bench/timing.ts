/** Times of programs, and what becomes of many of them. */
import {execFile} from 'node:child_process';
import {promisify} from 'node:util';

type Environment = Readonly<Record<string, string>>;

/** Milliseconds from the start of a program to its end. @throws where it fails */
export async function timed(program: string, words: readonly string[], env: Environment): Promise<number> {
	const started = performance.now();
	await promisify(execFile)(program, words, {env, maxBuffer: 2 ** 28});
	return performance.now() - started;
}

export type Cost = {
	readonly milliseconds: number;
	readonly cpuMilliseconds: number;
	/** By read(2), from disk or cache: by the program and those that it has waited for. */
	readonly bytesRead: number;
	readonly mostMemoryMiB: number;
};

/** Node cannot tell what a child has used (getrusage(2), proc(5)), Python can. */
const measuring = `
import json, resource, subprocess, sys, time
def read():
    return int(dict(line.split(': ') for line in open('/proc/self/io'))['rchar'])
before, started = read(), time.monotonic()
subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, check=True)
ended, used = time.monotonic(), resource.getrusage(resource.RUSAGE_CHILDREN)
print(json.dumps({
    'milliseconds': (ended - started) * 1000,
    'cpuMilliseconds': (used.ru_utime + used.ru_stime) * 1000,
    'bytesRead': read() - before,
    'mostMemoryMiB': used.ru_maxrss / 1024,
}))
`;

/** What a program takes from its start to its end. @throws where it fails */
export async function costOf(argv: readonly string[], env: Environment): Promise<Cost> {
	const {stdout} = await promisify(execFile)('/usr/bin/python3', ['-c', measuring, ...argv], {env});
	return JSON.parse(stdout);
}

export function median(values: readonly number[]): number {
	return quantile(values, 0.5);
}

export function quantile(values: readonly number[], share: number): number {
	const sorted = [...values].sort((a, b) => a - b);
	return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

/** Time several things in turn, so that a busy moment of the machine hits all of them; medians, by name. */
export async function interleave<Name extends string>(
	times: number,
	things: Readonly<Record<Name, () => Promise<number>>>,
): Promise<Record<Name, number>> {
	const named = Object.entries(things) as [Name, () => Promise<number>][];
	const taken = new Map<Name, number[]>(named.map(([name]) => [name, []]));
	for (const [, thing] of named) await thing(); // the first run fills caches
	for (let run = 0; run < times; run++) {
		for (const [name, thing] of named) taken.get(name)?.push(await thing());
	}

	return Object.fromEntries(named.map(([name]) => [name, median(taken.get(name)!)])) as Record<Name, number>;
}
