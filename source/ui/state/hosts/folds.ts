/** Hosts that are folded: one row stands for all domains of such a host. */
import {isActive} from '../../../core/model/domain.ts';
import {counted} from '../../../core/words/text.ts';
import type {HostName, Placed} from './placed.ts';

declare const ofFold: unique symbol;

export type FoldKey = string & {readonly [ofFold]: true};

export type Fold = {readonly key: FoldKey; readonly host: HostName; readonly folded: readonly Placed[]};

export type PlacedRow = Placed | Fold;

/** No domain has it: a UUID follows there. */
export const foldKey = (host: HostName): FoldKey => `${host ?? ''}/` as FoldKey;

export const isFold = (row: PlacedRow): row is Fold => 'folded' in row;

/** In the order of the hosts, as the domains are. */
export function withFolds(domains: readonly Placed[], folded: ReadonlySet<HostName>): readonly PlacedRow[] {
	if (folded.size === 0) return domains;
	return [...Map.groupBy(domains, ({host}) => host)].flatMap(([host, those]): readonly PlacedRow[] =>
		folded.has(host) ? [{key: foldKey(host), host, folded: those}] : those,
	);
}

/** Of what it folds, in few words and in fewer. */
export function foldedWords({folded}: Fold): readonly string[] {
	const running = folded.filter(isActive).length;
	const all = counted(folded.length, 'domain');
	const short = [all, String(folded.length)];
	return running === 0 ? short : [`${all}, ${running} active`, ...short];
}
