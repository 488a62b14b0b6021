/** Named pipes for the streams of programs that another process starts: made many at a time, or that takes longer than to start one. */
import {execFileSync} from 'node:child_process';
import {closeSync, constants, openSync} from 'node:fs';
import {rm} from 'node:fs/promises';

const streamNames = ['in', 'out', 'err'] as const;

/** For how many programs they are made at a time; for the next ones when half of them are used. */
const atOnce = 32;

const namesFrom = (first: number): string[] =>
	Array.from({length: atOnce}, (_, index) => streamNames.map(name => `${first + index}.${name}`)).flat();

/** Those of the first programs, which are numbered from 1. @throws where none can be made */
export function makeFirstPipes(folder: string): void {
	execFileSync('mkfifo', ['-m', '600', ...namesFrom(1)], {cwd: folder, stdio: 'ignore'});
}

export type PipeLots = {
	/** To be asked once for each number, in order: whether this program has pipes, as soon as that is known. */
	madeFor(id: number): Promise<boolean>;
	/** How the making went that was asked for first and has not been told of. */
	made(well: boolean): void;
	/** Nobody makes any more. */
	over(): void;
};

/** @param make asks for pipes of these names */
export function pipeLots(make: (names: readonly string[]) => void): PipeLots {
	const lots = [Promise.resolve(true)];
	const making: ((well: boolean) => void)[] = [];
	return {
		madeFor(id) {
			if (id % atOnce === atOnce / 2) {
				const {promise, resolve} = Promise.withResolvers<boolean>();
				making.push(resolve);
				make(namesFrom(1 + atOnce * lots.length));
				lots.push(promise);
			}
			return lots[Math.floor((id - 1) / atOnce)]!;
		},
		made: well => making.shift()?.(well),
		over() {
			for (const tell of making.splice(0)) tell(false);
		},
	};
}

/** Our ends of a program's stdin, stdout and stderr. */
export type PipeEnds = readonly [number, number, number];

/** Null where there are no descriptors left. */
export function openPipes(base: string): PipeEnds | null {
	const taken: number[] = [];
	const take = (name: (typeof streamNames)[number], flags: number) => {
		taken.push(openSync(`${base}.${name}`, flags | constants.O_NONBLOCK));
		return taken.at(-1)!;
	};
	try {
		// To read and to write, since to write alone cannot be had before somebody reads.
		return [take('in', constants.O_RDWR), take('out', constants.O_RDONLY), take('err', constants.O_RDONLY)];
	} catch {
		closePipes(taken);
		return null;
	}
}

export function closePipes(ends: readonly number[]): void {
	for (const fd of ends) closeSync(fd);
}

/** What is open of them stays so. */
export function removePipes(base: string): void {
	for (const name of streamNames) rm(`${base}.${name}`, {force: true}).catch(() => {});
}
