import type {Run} from './catalogue.ts';
import {UsageError} from './context.ts';

/** Commands that are part of the interface, but come later. */
export const notYet: Run = async (_context, {command}) => {
	throw new UsageError(`${command} is not in this version yet`, 'See what is: virsnap --help');
};
