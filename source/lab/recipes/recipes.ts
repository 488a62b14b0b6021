import type {Lab} from '../lab.ts';
import {healthy} from './healthy.ts';
import type {Recipe} from './recipe.ts';
import {unhealthy} from './unhealthy.ts';

export type DomainName = keyof typeof healthy | keyof typeof unhealthy;

/** Every domain the lab can set up. */
export const recipes: Record<DomainName, Recipe> = {...healthy, ...unhealthy};

/** How many domains are set up side by side; more only wait for the daemon and the processors. */
const atOnce = 3;

/** Domain names as typed, in any case, as the lab calls them. */
export function labDomains(typed: readonly string[]): DomainName[] {
	const known = Object.keys(recipes) as DomainName[];
	return typed.map(text => {
		const name = known.find(candidate => candidate.toLowerCase() === text.toLowerCase());
		if (name === undefined) throw new Error(`The lab has no domain “${text}”. It has: ${known.join(', ')}`);
		return name;
	});
}

/** The requested domains (default: all), each after those that it needs. */
function inOrder(names: readonly DomainName[] = Object.keys(recipes) as DomainName[]): DomainName[] {
	return [...new Set(names.flatMap(name => [...labDomains(recipes[name].needs ?? []), name]))];
}

/** Set domains up in a running lab, several at a time. */
export async function prepareDomains(
	lab: Lab,
	names: readonly DomainName[] | undefined,
	log: (line: string) => void = () => {},
): Promise<void> {
	const under = new Map<DomainName, Promise<void>>();
	const waiting = inOrder(names);
	const worker = async () => {
		for (;;) {
			const name = waiting.shift();
			if (name === undefined) return;
			// Those it needs stand before it in the queue, so they are under way.
			const needed = labDomains(recipes[name].needs ?? []).map(other => under.get(other));
			const work = Promise.all(needed).then(() => prepare(lab, name, log));
			under.set(name, work);
			await work;
		}
	};
	await Promise.all(Array.from({length: atOnce}, worker));
}

async function prepare(lab: Lab, name: DomainName, log: (line: string) => void): Promise<void> {
	const recipe = recipes[name];
	const missing = await recipe.missing?.();
	if (missing !== undefined) {
		log(`${name}: left out, ${missing}`);
		return;
	}

	const started = performance.now();
	await recipe.prepare(lab, name);
	lab.domains.push(name);
	log(`${name}: ${recipe.shows} (${((performance.now() - started) / 1000).toFixed(1)} s)`);
}
