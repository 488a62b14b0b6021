/** How far a step is, asked from libvirt beside it, and breaking it off where libvirt can. */

import type {Plan} from '../../core/model/plan.ts';
import type {Progress} from '../../core/model/receipt.ts';
import type {Step} from '../../core/model/step.ts';
import {jobOf} from '../../core/steps/step.ts';
import {ask, type Libvirt} from '../../libvirt/virsh/ask.ts';

const pollMilliseconds = 500;

/** Ends the looking; true where the step was broken off. */
export type StopWatching = () => Promise<boolean>;

/** Look at a running step now and then, and break it off once that is asked for, where it can be. */
export function watchStep(
	libvirt: Libvirt,
	plan: Plan,
	step: Step,
	report: (progress: Progress) => void,
	cancelled: () => Promise<boolean>,
): StopWatching {
	const job = jobOf(plan, step);
	if (job === null) return async () => false;
	const {questions, abort} = job;
	let over = false;
	let broken = false;
	let aborting: Promise<void> = Promise.resolve();
	let timer: NodeJS.Timeout;

	/** Where the job has not begun yet libvirt refuses: it is asked again next time. */
	async function breakOff(command: readonly string[]): Promise<void> {
		const [answer] = await ask(libvirt, [command]);
		broken = !answer!.failed;
	}

	async function look(): Promise<void> {
		if (abort !== null && !broken && (await cancelled()) && !over) {
			aborting = breakOff(abort);
			await aborting;
		}

		const answers = await ask(libvirt, questions);
		const progress = sum(answers.map(answer => (answer.failed ? null : parseProgress(answer.stdout))));
		if (progress !== null && !over) report(progress);
	}

	function later(): void {
		timer = setTimeout(() => {
			// What cannot be asked is not shown; the step itself will say what is wrong.
			look()
				.catch(() => undefined)
				.finally(() => {
					if (!over) later();
				});
		}, pollMilliseconds);
	}

	later();
	return async () => {
		over = true;
		clearTimeout(timer);
		await aborting.catch(() => undefined);
		return broken;
	};
}

/**
 * `virsh domjobinfo --rawstats` (data_total, data_remaining) or `virsh blockjob --raw` (cur=, end=); null where neither says so.
 * Not data_processed: it leaves out pages of zeros, and counts those that a guest has changed meanwhile twice.
 */
export function parseProgress(text: string): Progress | null {
	const number = (pattern: RegExp) => Number(pattern.exec(text)?.[1] ?? Number.NaN);
	const left = number(/^data_remaining\s*[:=]\s*(\d+)/m);
	const total = number(/^data_total\s*[:=]\s*(\d+)/m);
	const [done, all] = Number.isNaN(left) ? [number(/\bcur=(\d+)/), number(/\bend=(\d+)/)] : [total - left, total];
	return all > 0 && done >= 0 ? {doneBytes: done, totalBytes: all} : null;
}

function sum(parts: readonly (Progress | null)[]): Progress | null {
	const known = parts.filter(part => part !== null);
	if (known.length === 0) return null;
	return {
		doneBytes: known.reduce((bytes, part) => bytes + part.doneBytes, 0),
		totalBytes: known.reduce((bytes, part) => bytes + part.totalBytes, 0),
	};
}
