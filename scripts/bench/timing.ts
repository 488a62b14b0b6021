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
