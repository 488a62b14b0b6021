/** `DOMAIN@TAG`, where either may hold an @ itself. */
import type {Domain} from '../../core/model/domain.ts';
import {type Refusal, refuse} from '../../core/model/refusal.ts';
import {byVirsnap} from '../../core/steps/hints.ts';
import {remedy} from '../../core/words/remedy.ts';
import {enumerate, t} from '../../core/words/text.ts';
import {findDomain, isRefusal} from '../connection.ts';

/** `tag` null: the domain as it is. */
export type DomainAtTag = {readonly domain: Domain; readonly tag: string | null};

/**
 * A domain of just this name wins, then the one snapshot that it can mean; refused where it can be two. Where there is no such snapshot the
 * longest name of a domain is taken, so that the planner can say what is missing.
 */
export function domainAtTag(domains: readonly Domain[], word: string): DomainAtTag | Refusal {
	const exact = findDomain(domains, word);
	if (!isRefusal(exact)) return {domain: exact, tag: null};
	if (exact.code !== 'not-found') return exact;
	const split = readings(domains, word);
	const meant = split.filter(({domain, tag}) => domain.snapshots.some(one => one.tag === tag));
	if (meant.length > 1) return ambiguous(meant, word);
	const found = meant[0] ?? split.at(-1);
	if (found !== undefined) return found.tag === '' ? emptyTag(found.domain) : found;
	const unclear = ats(word).map(at => findDomain(domains, word.slice(0, at)));
	return (unclear.find(one => isRefusal(one) && one.code !== 'not-found') as Refusal | undefined) ?? exact;
}

type Reading = {readonly domain: Domain; readonly tag: string};

/** Every domain that the word can begin with, the longest name last. */
function readings(domains: readonly Domain[], word: string): Reading[] {
	return ats(word).flatMap(at => {
		const domain = findDomain(domains, word.slice(0, at));
		return isRefusal(domain) ? [] : [{domain, tag: word.slice(at + 1)}];
	});
}

const ats = (word: string): number[] => [...word.matchAll(/@/g)].map(({index}) => index);

function ambiguous(meant: readonly Reading[], word: string): Refusal {
	const words = meant.map(({domain, tag}) => t`snapshot ${tag} of ${domain.name} (${domain.uuid})`);
	return refuse(
		'ambiguous-name',
		t`${word} is ${enumerate(words)}.`,
		'Give the UUID of the domain that you mean: UUID@TAG.',
	);
}

function emptyTag({name}: Domain): Refusal {
	return refuse('bad-tag', 'The tag after @ is empty.', remedy`Name a snapshot; see all ${byVirsnap(['list', name])}.`);
}
