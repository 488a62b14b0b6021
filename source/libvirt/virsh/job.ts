/** What libvirt itself does with a domain at this moment, as `virsh domjobinfo` tells. */
import type {JobProgress} from '../reader.ts';
import type {Answer} from './ask.ts';

/** The operation in libvirt's words (`Backup`, `Outgoing migration`…), or `operation` where it has none; null where there is none. */
export function parseJob({stdout, stderr, failed}: Answer): string | null {
	// libvirt 9.0 has no words for a snapshot that it deletes, but says by this error that it does.
	if (failed) return /invalid job statistics type/.test(stderr) ? 'operation' : null;
	const type = /^Job type:\s+(\S+)/m.exec(stdout)?.[1];
	if (type === undefined || ['None', 'Completed', 'Failed', 'Cancelled'].includes(type)) return null;
	return /^Operation:\s+(.*\S)/m.exec(stdout)?.[1] ?? 'operation';
}

/**
 * Of `domjobinfo --rawstats`; null where it does not say so. Not data_processed: it leaves out pages of zeros, and counts those that a
 * guest has changed meanwhile twice.
 */
export function progressOf(rawStatistics: string): JobProgress | null {
	const number = (name: string) => Number(new RegExp(`^${name}\\s*[:=]\\s*(\\d+)`, 'm').exec(rawStatistics)?.[1]);
	const [total, left] = [number('data_total'), number('data_remaining')];
	return total > 0 && left >= 0 ? {doneBytes: total - left, totalBytes: total} : null;
}
