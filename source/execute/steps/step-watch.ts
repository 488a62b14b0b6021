/** How far a step is, asked from libvirt beside it, and breaking it off where libvirt can. */

import type {Plan} from '../../core/model/plan.ts';
import type {Progress} from '../../core/model/receipt.ts';
import type {Step} from '../../core/model/step.ts';
import {jobOf} from '../../core/steps/step.ts';
import {orNull} from '../../libvirt/reader.ts';
import {ask} from '../../libvirt/virsh/ask.ts';
import type {Means} from '../operation-context.ts';

const pollMilliseconds = 500;

/** Ends the looking; true where the step was broken off. */
export type StopWatching = () => Promise<boolean>;

/** Look at a running step now and then, and break it off once that is asked for, where it can be. */
export function watchStep(
	{libvirt, reader}: Pick<Means, 'libvirt' | 'reader'>,
	plan: Plan,
	step: Step,
	report: (progress: Progress) => void,
	cancelled: () => Promise<boolean>,
): StopWatching {
	const job = jobOf(plan, step);
	if (job === null) return async () => false;
	const {uuid, disks, abort} = job;
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

		const jobs: Promise<{readonly progress: Progress | null} | null>[] =
			disks === null ? [reader.job(uuid)] : disks.map(disk => reader.blockJob(uuid, disk));
		const open = await Promise.all(jobs.map(orNull));
		const progress = sum(open.map(job => job?.progress ?? null));
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

function sum(parts: readonly (Progress | null)[]): Progress | null {
	// A job that has just begun does not know yet how much there is.
	const known = parts.filter(part => part !== null).filter(({totalBytes}) => totalBytes > 0);
	if (known.length === 0) return null;
	return {
		doneBytes: known.reduce((bytes, part) => bytes + part.doneBytes, 0),
		totalBytes: known.reduce((bytes, part) => bytes + part.totalBytes, 0),
	};
}
