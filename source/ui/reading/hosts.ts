/** Whose a domain is. */
import {printable, t} from '../../core/words/text.ts';
import type {Placed} from '../state/hosts/placed.ts';
import {hostTone, lostHosts} from '../state/hosts/told.ts';
import type {State} from '../state/state.ts';
import {type Line, labelled} from '../terminal/line.ts';

/** First of all about a domain: where it is, and whether that is still so. */
export function placeLines(state: State, {host}: Placed, columns: number): Line[] {
	if (host === null) return [];
	const stale = lostHosts(state).has(host);
	const words = stale ? t`${host}: connection lost, so this is as known last, and nothing can be done with it` : host;
	return labelled('Host', printable(words), columns, stale ? 'warn' : hostTone(state, host, 'plain'));
}
