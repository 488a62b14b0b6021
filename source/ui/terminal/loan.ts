/**
 * The terminal lent to the shell (Ctrl-Z, SIGTSTP) or to another program, and taken back where the shell had it without being lent it
 * (SIGSTOP).
 */
import {setImmediate as turn} from 'node:timers/promises';

/** Gives the terminal as it was before the UI, calls `during`, and takes it back with every mode; the screen is drawn anew. */
type Lend = (during: () => void | Promise<void>) => Promise<unknown>;

type Hearing = (signal: 'SIGTSTP' | 'SIGCONT', listener: () => void) => unknown;
type Signals = {readonly on: Hearing; readonly off: Hearing};

export type Loan = {
	readonly suspend: () => void;
	/** Runs a program that needs the terminal; null where it is lent already. Rejects as `program` does. */
	toProgram<Result>(program: () => Promise<Result>): Promise<Result | null>;
	/** Hear the signals of the process; returns the way to stop. */
	hear(signals: Signals): () => void;
};

/** @param stop stops this program, and what it has started, until the shell continues it */
export function loan(lend: Lend, stop: () => void): Loan {
	let lent: 'shell' | 'program' | null = null;

	async function lendWhile(to: typeof lent, during: () => void | Promise<void>): Promise<void> {
		if (lent !== null) return;
		lent = to;
		try {
			await lend(during);
		} finally {
			// A key may be there before the next turn.
			if (to === 'program') lent = null;
			// The SIGCONT that has ended our own stop is heard one turn after it.
			else
				setImmediate(() => {
					lent = null;
				});
		}
	}

	async function toProgram<Result>(program: () => Promise<Result>): Promise<Result | null> {
		let result: Result | null = null;
		await lendWhile('program', async () => {
			// Until then we may still read what is typed.
			await turn();
			result = await program();
		});
		return result;
	}

	// Stopped from within the program, as by Ctrl-Z: a shell takes the terminal once we are stopped too.
	const suspend = () => (lent === 'program' ? stop() : void lendWhile('shell', stop));
	// A shell sets its own modes when a job of it stops, and has written on the screen since.
	const takeBack = () => void lendWhile('shell', () => {});
	return {
		suspend,
		toProgram,
		hear(signals) {
			signals.on('SIGTSTP', suspend);
			signals.on('SIGCONT', takeBack);
			return () => {
				signals.off('SIGTSTP', suspend);
				signals.off('SIGCONT', takeBack);
			};
		},
	};
}
