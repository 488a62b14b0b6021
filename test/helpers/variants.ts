import process from 'node:process';

/** Set by `npm run test:matrix`, which tries them on every libvirt. */
export const everyVariant = process.env.VIRSNAP_EVERY_VARIANT !== undefined;

/** Of tests that differ little and take seconds each: those that are told apart best, in `npm test`; all of them in the matrix. */
export function variants<T>(every: readonly T[], usual: (one: T) => boolean): readonly T[] {
	return everyVariant ? every : every.filter(usual);
}
