/** `virsnap list [DOMAIN]`: what libvirt and the images know, as a table or as JSON. */
import {idOf} from '../../core/delete/one-of-several.ts';
import type {Domain, Inventory} from '../../core/model/domain.ts';
import type {Reclaimable} from '../../core/model/facts.ts';
import type {Hypervisor} from '../../core/model/hypervisor.ts';
import type {Snapshot, SnapshotSizes} from '../../core/model/snapshot.ts';
import {shortAge} from '../../core/snapshots/age.ts';
import {ownInAll} from '../../core/snapshots/contents/sizes.ts';
import {cellsOf, listedOf} from '../../core/snapshots/listed.ts';
import {isExpired, shortKeep} from '../../core/snapshots/retention.ts';
import {virsnapLine} from '../../core/steps/hints.ts';
import {
	counted,
	enumerate,
	formatBytes,
	formatClock,
	formatDate,
	plural,
	printable,
	sentence,
	t,
} from '../../core/words/text.ts';
import {command} from '../command.ts';
import {findDomain, isRefusal, readInventory, withHypervisor} from '../connection.ts';
import {Exit, print, printJson, say} from '../context.ts';
import {type Looked, listDocument} from './documents.ts';
import {sayRefused} from './refuse.ts';
import {table} from './table.ts';

export const listCommand = command({
	name: 'list',
	summary: "list domains, or one domain's snapshots",
	description: [
		'With --json, ownBytes and sinceBytes of a snapshot are filled in where one DOMAIN is named and its tables are read within a moment.',
		'Without DOMAIN they are null, since reading the tables of every image takes time: virsnap size DOMAIN waits for them.',
	],
	arguments: [
		{name: 'DOMAIN', help: 'name, UUID or id of a domain; default: all', optional: true, completes: ['domain']},
	],
	options: {json: {help: 'print one JSON document'}},
	examples: [
		{line: 'list', does: 'List all domains, with the number and health of their snapshots.'},
		{line: 'list web', does: 'List the snapshots of web.'},
		{line: 'list --json', does: 'The same for scripts, with every disk, image and snapshot.'},
	],
	async run(context, {words: [text], options}) {
		const {inventory, domain, looked} = await withHypervisor(context, hypervisor => read(hypervisor, text));
		if (domain && isRefusal(domain)) return sayRefused(context, domain, options.json === true);
		if (options.json) {
			printJson(context, listDocument(domain ? {...inventory, domains: [domain]} : inventory, looked));
		} else {
			print(context, domain ? snapshotTable(domain, looked, Date.now()) : domainTable(inventory));
			for (const line of problems(domain ? [domain] : inventory.domains)) say(context, line);
		}

		return Exit.ok;
	},
});

/** Everything once; for a requested domain its unused overlays and sizes too, which are looked for one domain at a time. */
async function read(hypervisor: Hypervisor, text: string | undefined) {
	const inventory = await readInventory(hypervisor);
	const found = text === undefined ? null : findDomain(inventory.domains, text);
	if (found === null || isRefusal(found)) return {inventory, domain: found, looked: null};
	return {inventory, domain: found, looked: await hypervisor.facts(found.uuid)};
}

/** All domains, as `virsh list --all` shows them, and how many snapshots each has. */
export function domainTable({domains}: Pick<Inventory, 'domains'>): string {
	const rows = domains.map(domain => [
		String(domain.id ?? '-'),
		printable(domain.name),
		stateWords(domain),
		String(listedOf(domain).length),
		healthSummary(domain.snapshots),
	]);
	return table(['Id', 'Name', 'State', 'Snapshots', 'Health'], rows);
}

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

/** One domain's snapshots, with the columns of `qemu-img snapshot -l` and what only the joined view knows; `now` in milliseconds. */
export function snapshotTable(domain: Domain, looked: Looked | null, now: number): string {
	const all = listedOf(domain).map(cellsOf);
	// No column where nothing is protected and nothing expires.
	const keeping = all.some(one => shortKeep(one, now) !== '');
	const rows = all.map(snapshot => [
		snapshot.current ? '*' : '',
		printable(snapshot.tag),
		formatBytes(snapshot.vmSizeBytes),
		formatDate(snapshot.createdAt),
		shortAge(snapshot.createdAt, now),
		formatClock(snapshot.vmClockNs),
		snapshot.kind,
		snapshot.state,
		snapshot.disks.map(disk => disk.target).join(',') || '-',
		snapshot.parent === null ? '-' : printable(snapshot.parent),
		...(keeping ? [shortKeep(snapshot, now) || '-'] : []),
		snapshot.health,
	]);
	const notes = [
		sizeNotes(domain, looked?.sizes ?? []),
		healthNotes(domain.snapshots),
		expiredNotes(domain, now),
		savedMemory(domain),
		unusedOverlays(domain, looked?.reclaimable ?? []),
	].filter(lines => lines.length > 0);
	const headings = ['', 'TAG', 'VM SIZE', 'DATE', 'AGE', 'VM CLOCK', 'KIND', 'STATE', 'DISKS', 'PARENT'];
	const titles = [...headings, ...(keeping ? ['KEEP'] : []), 'HEALTH'];
	return [table(titles, rows), ...notes.flatMap(lines => ['', ...lines])].join('\n');
}

/** How many there are, and what they hold as far as that is known. */
function sizeNotes({name, snapshots}: Domain, sizes: readonly SnapshotSizes[]): string[] {
	const sum = ownInAll(sizes);
	if (sum === null) return [];
	return [`${counted(snapshots.length, 'snapshot')}, ${sum}. Of each: ${virsnapLine(['size', name])}`];
}

/** Those that need not be kept any more, each with the command that deletes it. */
function expiredNotes({name, snapshots}: Domain, now: number): string[] {
	const commands = snapshots
		.filter(one => isExpired(one, now))
		.map(one => `  ${virsnapLine(['delete', name, one.tag], idAmong(snapshots, one))}`);
	return commands.length === 0 ? [] : ['Expired:', ...commands];
}

/** Of several with one tag this one is meant. */
function idAmong(snapshots: readonly Snapshot[], one: Snapshot): string[] {
	const id = snapshots.filter(({tag}) => tag === one.tag).length > 1 ? idOf(one) : null;
	return id === null ? [] : [`--id=${id}`];
}

/** A managed save is a memory snapshot that has no tag: libvirt keeps one at most. */
function savedMemory({name, managedSave}: Domain): string[] {
	if (!managedSave) return [];
	return [
		'This domain has a managed save. To resume from it or discard it:',
		`  ${virsnapLine(['restore', name])}`,
		`  ${virsnapLine(['drop', name])}`,
	];
}

/** Each overlay that only takes room, with the command that removes it. */
function unusedOverlays({name}: Domain, reclaimable: readonly Reclaimable[]): string[] {
	if (reclaimable.length === 0) return [];
	const commands = reclaimable.map(
		({file, bytes}) => `  ${virsnapLine(['reclaim', name, file])}  (${formatBytes(bytes)})`,
	);
	return ['Unused overlays (no snapshot or domain needs them):', ...commands];
}

/** Each thing that is wrong, once, with the tags it is true of. */
function healthNotes(snapshots: readonly Snapshot[]): string[] {
	const ill = snapshots.filter(({healthReason}) => healthReason !== '');
	const groups = Map.groupBy(ill, ({health, healthReason}) => t`${health}: ${healthReason}`);
	return [...groups].map(([note, alike]) => {
		const tags = alike.map(({tag}) => printable(tag));
		return `${enumerate(tags)} ${plural(alike.length, 'is', 'are')} ${note}`;
	});
}

/** What could not be read, so that a short list is not taken for a complete one; what many have in common is said once. */
function problems(domains: readonly Domain[]): string[] {
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
