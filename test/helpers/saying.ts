/** Matches a remedy that has these words on the command line. */
import {expect} from 'vitest';
import type {Remedy} from '../../source/core/model/remedy.ts';
import {asCommands} from '../../source/core/words/remedy.ts';

export function saying(words: string): unknown {
	return expect.toSatisfy((remedy: Remedy) => asCommands(remedy).includes(words), `say ${words}`);
}
