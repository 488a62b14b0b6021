/** Asks the terminal how it draws pixels, and hears its answers among the keys. */
import {setTimeout} from 'node:timers/promises';
import type {WriteStream} from 'node:tty';
import {sizeOf} from '../repaint.ts';
import {isLastReport, type Pixels, pixelsOf, QUESTION} from './pixels.ts';

/** Of a terminal that has not answered when the program ends. */
const LAST_WAIT_MS = 300;

export type Reports = {
	/** Whether some may still come: only then the rest of one is waited for. */
	expected(): boolean;
	heard(report: string): void;
};

type Asker = Reports & {
	ask(): void;
	/** Resolves when nothing is on its way any more, or the terminal does not seem to answer: what comes then would be typed into the shell. */
	answered(): Promise<void>;
};

/** @param told hears once for each question that was answered; never, where the terminal does not */
export function pixelsAsker(terminal: WriteStream, told: (pixels: Pixels | null) => void): Asker {
	let open = 0;
	let reports: string[] = [];
	let settle = () => {};
	return {
		ask() {
			open++;
			terminal.write(QUESTION);
		},
		expected: () => open > 0,
		heard(report) {
			// Of something else that has asked.
			if (open === 0) return;
			reports.push(report);
			if (!isLastReport(report)) return;
			open--;
			told(pixelsOf(reports, sizeOf(terminal)));
			reports = [];
			settle();
		},
		async answered() {
			if (open === 0) return;
			const last = new Promise<void>(resolve => {
				settle = resolve;
			});
			await Promise.race([last, setTimeout(LAST_WAIT_MS, undefined, {ref: false})]);
		},
	};
}
