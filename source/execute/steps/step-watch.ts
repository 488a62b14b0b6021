/** How far a step is, looked at beside it, and breaking it off where that can be done. */

import {stat} from 'node:fs/promises';
import {setTimeout as delay} from 'node:timers/promises';
import type {Plan} from '../../core/model/plan.ts';
import type {Progress} from '../../core/model/receipt.ts';
import type {Step} from '../../core/model/step.ts';
import {jobOf} from '../../core/steps/step.ts';
import type {StepJob} from '../../core/steps/step-kind.ts';
import {orNull} from '../../libvirt/reader.ts';
import {ask} from '../../libvirt/virsh/ask.ts';
import type {OperationContext} from '../operation-context.ts';

const pollMilliseconds = 500;

/**
 * How long libvirt may take to answer. While a checkpoint begins and while it ends libvirt lets nothing in, and does not wake those that
 * wait when it does: they wait until 30 seconds are over, and who asks anew is answered at once.
 */
const patienceMilliseconds = 2000;

/** The same for virsh, whose start counts. */
const abortPatienceMilliseconds = 5000;

/** As many as may wait: a daemon works on five of one connection (max_client_requests). */
const mostWaiting = 3;

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
	{libvirt, reader}: Pick<OperationContext, 'libvirt' | 'reader'>,
	plan: Plan,
	step: Step,
	{report, end}: Watched,
	cancelled: () => Promise<boolean>,
): StopWatching {
	const job = jobOf(plan, step);
	if (job === null) return async () => false;
	let over = false;
	let broken = false;
	let unanswered = false;
	let aborting: Promise<void> = Promise.resolve();
	let timer: NodeJS.Timeout;
	const tell = telling(job, reader, progress => {
		if (!over) report(progress);
	});

	/** Where the job has not begun yet libvirt refuses: it is asked again next time, and so where it does not answer. */
	async function breakOff(abort: NonNullable<StepJob['abort']>): Promise<void> {
		if (typeof abort === 'string') {
			end();
			broken = true;
			return;
		}
		const patience = AbortSignal.timeout(abortPatienceMilliseconds);
		const signal = libvirt.signal ? AbortSignal.any([libvirt.signal, patience]) : patience;
		const [answer] = await ask({...libvirt, signal}, [abort]).finally(() => {
			// libvirt may still do it.
			unanswered ||= patience.aborted;
		});
		broken = !answer!.failed;
	}

	async function look({abort}: StepJob): Promise<void> {
		if (abort !== null && !broken && (await cancelled()) && !over) {
			aborting = breakOff(abort);
			await aborting;
		}

		await tell();
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
		return broken || unanswered;
	};
}

/** Tells how far the job is, each time it is called; resolves then, or when libvirt has taken too long: it may still be told. */
function telling(
	job: StepJob,
	reader: OperationContext['reader'],
	report: (progress: Progress) => void,
): () => Promise<void> {
	let waiting = 0;
	return async () => {
		if (waiting === mostWaiting) return;
		waiting++;
		const told = progressOf(job, reader)
			.then(progress => progress && report(progress))
			.finally(() => waiting--);
		await Promise.race([told, delay(patienceMilliseconds, undefined, {ref: false})]);
	};
}

/** Null where it is not known. */
async function progressOf(job: StepJob, reader: OperationContext['reader']): Promise<Progress | null> {
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
