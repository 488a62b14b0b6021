/** How far a step is, in words. */
import type {Progress} from '../model/receipt.ts';
import {formatBytes} from './text.ts';

/** Whole percents; null where there is no total. */
export function percentOf({doneBytes, totalBytes}: Progress): number | null {
	return totalBytes > 0 ? Math.min(100, Math.floor((100 * doneBytes) / totalBytes)) : null;
}

/** "44 %, 460 MiB of 1 GiB" */
export function progressWords(progress: Progress): string {
	const percent = percentOf(progress);
	const bytes = `${formatBytes(progress.doneBytes)} of ${formatBytes(progress.totalBytes)}`;
	return percent === null ? bytes : `${percent} %, ${bytes}`;
}
