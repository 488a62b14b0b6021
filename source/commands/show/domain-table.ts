/** Domains as a table, and what could not be read of them. */
import type {Domain, Inventory} from '../../core/model/domain.ts';
import type {Snapshot} from '../../core/model/snapshot.ts';
import {listedOf} from '../../core/snapshots/listed.ts';
import {enumerate, printable, sentence, t} from '../../core/words/text.ts';
import {table} from './table.ts';

/** All domains, as `virsh list --all` shows them, and how many snapshots each has. */
export function domainTable({domains}: Pick<Inventory, 'domains'>): string {
	return table(domainHeadings, domains.map(domainCells));
}

export const domainHeadings = ['Id', 'Name', 'State', 'Snapshots', 'Health'];

export const domainCells = (domain: Domain): string[] => [
	String(domain.id ?? '-'),
	printable(domain.name),
	stateWords(domain),
	String(listedOf(domain).length),
	healthSummary(domain.snapshots),
];

/** As virsh has it, with libvirt's reason for a pause. */
function stateWords({state, stateReason}: Domain): string {
	return state === 'paused' && stateReason !== null && stateReason !== 'unknown' ? `${state} (${stateReason})` : state;
}

/** How many snapshots are not ok, by what is wrong with them. */
function healthSummary(snapshots: readonly Snapshot[]): string {
	const counts = new Map<string, number>();
	for (const {health} of snapshots) counts.set(health, (counts.get(health) ?? 0) + 1);
	counts.delete('ok');
	if (counts.size === 0) return snapshots.length === 0 ? '-' : 'ok';
	return [...counts].map(([health, count]) => `${count} ${health}`).join(', ');
}

/** What could not be read, so that a short list is not taken for a complete one; what many have in common is said once. */
export function problems(domains: readonly Domain[]): string[] {
	const named = domains.flatMap(({name, problems, disks}) => [
		...problems.map(problem => ({place: name, problem})),
		...disks.flatMap(({target, unreadable}) =>
			unreadable ? [{place: `${name} ${target}`, problem: `${sentence(unreadable.reason)} ${unreadable.remedy}`}] : [],
		),
	]);
	return [...Map.groupBy(named, ({problem}) => problem)].map(([problem, alike]) => {
		const places = alike.map(({place}) => printable(place));
		return t`virsnap: ${enumerate(firstOf(places))}: ${problem}`;
	});
}

const mostPlaces = 4;

function firstOf(places: readonly string[]): string[] {
	if (places.length <= mostPlaces) return [...places];
	return [...places.slice(0, mostPlaces - 1), `${places.length - mostPlaces + 1} more`];
}
