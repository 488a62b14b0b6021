/** How far a step is, in words. */
import type {Progress} from '../model/receipt.ts';
import {formatBytes} from './text.ts';

/** Whole percents; null where there is no total. */
export function percentOf({doneBytes, totalBytes}: Progress): number | null {
	return totalBytes > 0 ? Math.min(100, Math.floor((100 * doneBytes) / totalBytes)) : null;
}

/** "44 %, 460 MiB of 1 GiB"; "starting" where nothing is known yet. */
export function progressWords(progress: Progress): string {
	// QEMU says so of a job that has not begun to count.
	if (progress.doneBytes === 0 && progress.totalBytes <= 1) return 'starting';
	const percent = percentOf(progress);
	const bytes = `${formatBytes(progress.doneBytes)} of ${formatBytes(progress.totalBytes)}`;
	return percent === null ? bytes : `${percent} %, ${bytes}`;
}
