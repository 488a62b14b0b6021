/** The one place that says how long a test waits before it gives up. Nothing waits that long where all is well. */
import process from 'node:process';

/** What a limit for a quiet machine is multiplied by; vitest.config.ts sets it for a whole run. */
const patience = Number(process.env.VIRSNAP_TEST_PATIENCE ?? 3);

/** Milliseconds: what would take at most so many seconds on a quiet machine. */
export const atMost = (seconds: number): number => Math.ceil(seconds * 1000 * patience);
