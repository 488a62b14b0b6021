/** The terminal lent to the shell (Ctrl-Z, SIGTSTP), and taken back where the shell had it without being lent it (SIGSTOP). */

/** Gives the terminal as it was before the UI, calls `during`, and takes it back with every mode; the screen is drawn anew. */
type Lend = (during: () => void) => Promise<unknown>;

type Hearing = (signal: 'SIGTSTP' | 'SIGCONT', listener: () => void) => unknown;
type Signals = {readonly on: Hearing; readonly off: Hearing};

export type Loan = {
	readonly suspend: () => void;
	/** Hear the signals of the process; returns the way to stop. */
	hear(signals: Signals): () => void;
};

/** @param stop stops this program until the shell continues it */
export function loan(lend: Lend, stop: () => void): Loan {
	let lent = false;

	async function lendWhile(during: () => void): Promise<void> {
		if (lent) return;
		lent = true;
		try {
			await lend(during);
		} finally {
			// The SIGCONT that has ended our own stop is heard one turn after it.
			setImmediate(() => {
				lent = false;
			});
		}
	}

	const suspend = () => void lendWhile(stop);
	// A shell sets its own modes when a job of it stops, and has written on the screen since.
	const takeBack = () => void lendWhile(() => {});
	return {
		suspend,
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
