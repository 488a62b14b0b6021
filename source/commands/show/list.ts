/** `virsnap list [DOMAIN]`: what libvirt and the images know, as a table or as JSON. */
import type {Domain} from '../../core/model/domain.ts';
import type {Facts, Reclaimable} from '../../core/model/facts.ts';
import type {Hypervisor} from '../../core/model/hypervisor.ts';
import {idOf, type Snapshot, type SnapshotSizes} from '../../core/model/snapshot.ts';
import {openFilesRefusal} from '../../core/planning/refusals/writers.ts';
import {shortAge} from '../../core/snapshots/age.ts';
import {ownInAll} from '../../core/snapshots/contents/sizes.ts';
import {type Cells, cellsOf, listedOf} from '../../core/snapshots/listed.ts';
import {isExpired, shortKeep} from '../../core/snapshots/retention.ts';
import {ownLine} from '../../core/words/own-line.ts';
import {asCommands} from '../../core/words/remedy.ts';
import {counted, enumerate, formatBytes, formatClock, formatDate, plural, printable, t} from '../../core/words/text.ts';
import {command} from '../command.ts';
import {findDomain, isRefusal, readInventory, withHypervisor} from '../connection.ts';
import {type Context, Exit, print, printJson, say} from '../context.ts';
import type {Looked} from './documents.ts';
import {domainTable, problems} from './domain-table.ts';
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
	hosts: 'all',
	examples: [
		{line: 'list', does: 'List all domains, with the number and health of their snapshots.'},
		{line: 'list web', does: 'List the snapshots of web.'},
		{line: 'list --json', does: 'The same for scripts, with every disk, image and snapshot.'},
	],
	async run(context, {words: [text], options}) {
		if (context.hosts.length > 1) return (await import('../hosts/list-all.ts')).listAll(context, options.json === true);
		const {inventory, domain, looked} = await withHypervisor(context, (hypervisor, there) =>
			read(hypervisor, text, there),
		);
		if (domain && isRefusal(domain)) return sayRefused(context, domain, options.json === true);
		if (options.json) {
			const {listDocument} = await import('./documents.ts');
			const document = listDocument(domain ? {...inventory, domains: [domain]} : inventory, looked);
			const {host} = context;
			printJson(context, host === null ? document : {hosts: [{name: host, ...document, failure: null}]});
		} else {
			print(
				context,
				domain ? snapshotTable(domain, {looked, now: Date.now(), host: context.host}) : domainTable(inventory),
			);
			for (const line of problems(domain ? [domain] : inventory.domains)) say(context, line);
		}

		return Exit.ok;
	},
});

/** Everything once; for a requested domain its unused overlays and sizes too, which are looked for one domain at a time. */
async function read(hypervisor: Hypervisor, text: string | undefined, there: Context) {
	const inventory = await readInventory(hypervisor);
	const found = text === undefined ? null : findDomain(inventory.domains, text);
	if (found === null || isRefusal(found)) return {inventory, domain: found, looked: null};
	const looked = await hypervisor.facts(found.uuid);
	return {inventory, domain: {...found, problems: [...found.problems, ...openFilesProblems(looked, there)]}, looked};
}

/** What is seen only where one looks at the processes: not at all domains. */
function openFilesProblems(facts: Facts, there: Context): string[] {
	const held = openFilesRefusal(facts);
	return held === null ? [] : [`${held.reason} ${asCommands(held.remedy, there)}`];
}

type Shown = {
	readonly looked: Looked | null;
	/** In milliseconds since 1970. */
	readonly now: number;
	/** What its host is called where there are several: commands name it. */
	readonly host: string | null;
};

/** One domain's snapshots, with the columns of `qemu-img snapshot -l` and what only the joined view knows. */
export function snapshotTable(domain: Domain, {looked, now, host}: Shown): string {
	const line: Line = (words, options = []) => ownLine({words, options}, host);
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
		disksCell(snapshot),
		snapshot.parent === null ? '-' : printable(snapshot.parent),
		...(keeping ? [shortKeep(snapshot, now) || '-'] : []),
		snapshot.health,
	]);
	const notes = [
		sizeNotes(domain, looked?.sizes ?? [], line),
		healthNotes(domain.snapshots),
		expiredNotes(domain, now, line),
		savedMemory(domain, line),
		unusedOverlays(domain, looked?.reclaimable ?? [], line),
	].filter(lines => lines.length > 0);
	const headings = ['', 'TAG', 'VM SIZE', 'DATE', 'AGE', 'VM CLOCK', 'KIND', 'STATE', 'DISKS', 'PARENT'];
	const titles = [...headings, ...(keeping ? ['KEEP'] : []), 'HEALTH'];
	return [table(titles, rows), ...notes.flatMap(lines => ['', ...lines])].join('\n');
}

/** A command about the domain, as it is typed here. */
type Line = (words: readonly string[], options?: readonly string[]) => string;

/** "vda, not vdb": those that it holds, and those that were left out of it. */
function disksCell({disks, leftOut}: Cells): string {
	const held = disks.map(({target}) => target).join(',') || '-';
	return leftOut.length === 0 ? held : `${held}, not ${leftOut.map(({target}) => target).join(',')}`;
}

/** How many there are, and what they hold as far as that is known. */
function sizeNotes({name, snapshots}: Domain, sizes: readonly SnapshotSizes[], line: Line): string[] {
	const sum = ownInAll(sizes);
	if (sum === null) return [];
	return [`${counted(snapshots.length, 'snapshot')}, ${sum}. Of each: ${line(['size', name])}`];
}

/** Those that need not be kept any more, each with the command that deletes it. */
function expiredNotes({name, snapshots}: Domain, now: number, line: Line): string[] {
	const commands = snapshots
		.filter(one => isExpired(one, now))
		.map(one => `  ${line(['delete', name, one.tag], idAmong(snapshots, one))}`);
	return commands.length === 0 ? [] : ['Expired:', ...commands];
}

/** Of several with one tag this one is meant. */
function idAmong(snapshots: readonly Snapshot[], one: Snapshot): string[] {
	const id = snapshots.filter(({tag}) => tag === one.tag).length > 1 ? idOf(one) : null;
	return id === null ? [] : [`--id=${id}`];
}

/** A managed save is a memory snapshot that has no tag: libvirt keeps one at most. */
function savedMemory({name, managedSave}: Domain, line: Line): string[] {
	if (!managedSave) return [];
	return [
		'This domain has a managed save. To resume from it or discard it:',
		`  ${line(['restore', name])}`,
		`  ${line(['drop', name])}`,
	];
}

/** Each overlay that only takes room, with the command that removes it. */
function unusedOverlays({name}: Domain, reclaimable: readonly Reclaimable[], line: Line): string[] {
	if (reclaimable.length === 0) return [];
	const commands = reclaimable.map(({file, bytes}) => `  ${line(['reclaim', name, file])}  (${formatBytes(bytes)})`);
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
