/** How far a step is, looked at beside it, and breaking it off where that can be done. */

import {stat} from 'node:fs/promises';
import type {Plan} from '../../core/model/plan.ts';
import type {Progress} from '../../core/model/receipt.ts';
import type {Step} from '../../core/model/step.ts';
import {jobOf} from '../../core/steps/step.ts';
import type {StepJob} from '../../core/steps/step-kind.ts';
import {orNull} from '../../libvirt/reader.ts';
import {ask} from '../../libvirt/virsh/ask.ts';
import type {Means} from '../operation-context.ts';

const pollMilliseconds = 500;

/** Ends the looking; true where the step was broken off. */
export type StopWatching = () => Promise<boolean>;

/** What the watch may do to the step beside asking. */
export type Watched = {
	/** Told how far it is. */
	readonly report: (progress: Progress) => void;
	/** Ends the program of the step. */
	readonly end: () => void;
};

/** Look at a running step now and then, and break it off once that is asked for, where it can be. */
export function watchStep(
	{libvirt, reader}: Pick<Means, 'libvirt' | 'reader'>,
	plan: Plan,
	step: Step,
	{report, end}: Watched,
	cancelled: () => Promise<boolean>,
): StopWatching {
	const job = jobOf(plan, step);
	if (job === null) return async () => false;
	let over = false;
	let broken = false;
	let aborting: Promise<void> = Promise.resolve();
	let timer: NodeJS.Timeout;

	/** Where the job has not begun yet libvirt refuses: it is asked again next time. */
	async function breakOff(abort: NonNullable<StepJob['abort']>): Promise<void> {
		if (typeof abort === 'string') {
			end();
			broken = true;
			return;
		}
		const [answer] = await ask(libvirt, [abort]);
		broken = !answer!.failed;
	}

	async function look({abort}: StepJob): Promise<void> {
		if (abort !== null && !broken && (await cancelled()) && !over) {
			aborting = breakOff(abort);
			await aborting;
		}

		const progress = await progressOf(job!, reader);
		if (progress !== null && !over) report(progress);
	}

	function later(): void {
		timer = setTimeout(() => {
			// What cannot be asked is not shown; the step itself will say what is wrong.
			look(job!)
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

/** Null where it is not known. */
async function progressOf(job: StepJob, reader: Means['reader']): Promise<Progress | null> {
	if ('fills' in job) {
		const {blocks} = await stat(job.fills);
		return {doneBytes: Math.min(blocks * statBlock, job.bytes), totalBytes: job.bytes};
	}
	const {uuid, disks} = job;
	const jobs: Promise<{readonly progress: Progress | null} | null>[] =
		disks === null ? [reader.job(uuid)] : disks.map(disk => reader.blockJob(uuid, disk));
	const open = await Promise.all(jobs.map(orNull));
	return sum(open.map(found => found?.progress ?? null));
}

/** What `stat` counts in, whatever the file system's own blocks are (stat(2)). */
const statBlock = 512;

function sum(parts: readonly (Progress | null)[]): Progress | null {
	// A job that has just begun does not know yet how much there is.
	const known = parts.filter(part => part !== null).filter(({totalBytes}) => totalBytes > 0);
	if (known.length === 0) return null;
	return {
		doneBytes: known.reduce((bytes, part) => bytes + part.doneBytes, 0),
		totalBytes: known.reduce((bytes, part) => bytes + part.totalBytes, 0),
	};
}
