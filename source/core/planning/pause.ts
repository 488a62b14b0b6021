/** How long a domain stands still, in words: an estimate, with what it assumes. */
import {type Domain, isActive} from '../model/domain.ts';
import type {Facts} from '../model/facts.ts';
import {formatBytes} from '../words/text.ts';

/** What one hard disk writes or reads in sequence. SSDs and page caches are faster, so that the estimate is rather too long. */
const bytesPerSecond = 200 * 1024 ** 2;

/** An active domain's whole memory being written; pages that the guest never used are left out, so it is an upper bound. */
export function memoryPause({domain}: Facts): string {
	if (domain.state === 'paused') return 'none: it is paused';
	return `${transferTime(domain.memoryBytes)}: up to ${formatBytes(domain.memoryBytes)} of memory at ${rate}`;
}

/** Saved memory of a known size being loaded. */
export function loadPause(bytes: number): string {
	return `${transferTime(bytes)}: ${formatBytes(bytes)} of memory are loaded at ${rate}`;
}

/** Neither memory nor contents are moved: what is written next goes into new files. */
export const diskOnlyPause = 'none: no memory is written';

const rate = `${formatBytes(bytesPerSecond)}/s`;

function transferTime(bytes: number): string {
	const seconds = Math.max(1, Math.round(bytes / bytesPerSecond));
	return seconds < 120 ? `about ${seconds} s` : `about ${Math.round(seconds / 60)} min`;
}

/** The words where the domain does not stand still for it. */
export function noPause(domain: Pick<Domain, 'state' | 'id'>): string {
	if (domain.state === 'paused') return 'none: it is paused';
	return isActive(domain) ? 'none: the domain keeps running' : 'none: it is shut off';
}
