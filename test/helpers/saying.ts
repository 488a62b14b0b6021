/** Remedies as the command line tells them. */
import {expect} from 'vitest';
import type {Remedy} from '../../source/core/model/remedy.ts';
import {asCommands, typedThere} from '../../source/core/words/remedy.ts';

/** As it is told beside the only hypervisor. */
export const said = (remedy: Remedy): string => asCommands(remedy, typedThere);

/** Matches a remedy that has these words. */
export function saying(words: string): unknown {
	return expect.toSatisfy((remedy: Remedy) => said(remedy).includes(words), `say ${words}`);
}
