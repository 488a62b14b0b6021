/** When a host that was not reached is tried again. */
import {HostError} from '../../../core/words/foreseen-error.ts';

/** Seconds between attempts: the first soon, since most breaks are short. */
const pauses = [1, 2, 4, 8, 15, 30];

/** Seconds, where a person has to act first: hosts lock out whoever fails to log in too often. */
const whereRefused = 300;

/** It can be reached, and will not do. */
export const isRefused = (error: unknown): boolean => error instanceof HostError && error.refuses;

/** ISO 8601, after so many failures before this one. */
export function retryTime(error: unknown, failures: number): string {
	const seconds = isRefused(error) ? whereRefused : pauses[Math.min(failures, pauses.length - 1)]!;
	return new Date(Date.now() + seconds * 1000).toISOString();
}
