/** `virsnap size DOMAIN [TAG]`: what each snapshot really occupies. */
import type {Domain} from '../../core/model/domain.ts';
import type {Hypervisor} from '../../core/model/hypervisor.ts';
import type {Refusal} from '../../core/model/refusal.ts';
import type {SnapshotSizes} from '../../core/model/snapshot.ts';
import {formatAge} from '../../core/snapshots/age.ts';
import type {Together} from '../../core/snapshots/contents/sizes.ts';
import {findSnapshot} from '../../core/snapshots/tag.ts';
import {enumerate, formatBytes, printable} from '../../core/words/text.ts';
import {command} from '../command.ts';
import {findDomain, isRefusal, readInventory, withHypervisor} from '../connection.ts';
import {type Context, Exit, onHost, print, printJson} from '../context.ts';
import {sizeDocument} from './documents.ts';
import {sayRefused} from './refuse.ts';
import {table} from './table.ts';

export const sizeCommand = command({
	name: 'size',
	summary: 'show what snapshots occupy, and what a revert discards',
	description: [
		'OWN is what deleting the snapshot alone frees. SINCE is what reverting to it discards: the clusters that differ from now.',
		'Both are read from the tables of the images. While the domain runs they are as of the last flush, and marked with ~.',
	],
	arguments: [
		{name: 'DOMAIN', help: 'name, UUID or id of the domain', completes: ['domain']},
		{name: 'TAG', help: 'only this snapshot; default: all', optional: true, completes: ['tag']},
	],
	options: {json: {help: 'print one JSON document'}},
	examples: [
		{line: 'size web', does: 'Show the size of each snapshot of web.'},
		{line: 'size web before --json', does: 'The same for one snapshot and each of its disks, for scripts.'},
	],
	async run(context, {words: [name = '', tag], options}) {
		const found = await withHypervisor(context, hypervisor => read(context, hypervisor, name, tag));
		if ('refusal' in found) return sayRefused(context, found.refusal, options.json === true);
		if (options.json) printJson(context, {...onHost(context), ...sizeDocument(found.domain, found.sizes)});
		else print(context, sizeTable(found, Date.now()));
		return Exit.ok;
	},
});

type Found = {readonly domain: Domain; readonly sizes: readonly SnapshotSizes[]; readonly together: Together | null};

async function read(
	context: Context,
	hypervisor: Hypervisor,
	name: string,
	tag: string | undefined,
): Promise<Found | {readonly refusal: Refusal}> {
	const {domains} = await readInventory(hypervisor);
	const domain = findDomain(domains, name);
	if (isRefusal(domain)) return {refusal: domain};
	const one = tag === undefined ? null : findSnapshot(domain, tag);
	if (one !== null && 'refusal' in one) return one;
	const all = await hypervisor.sizes(domain.uuid, {progress: progressOn(context)});
	const sizes = all.filter(({tag, duplicates}) => one === null || (tag === one.tag && duplicates === one.duplicates));
	const tags = sizes.map(snapshot => snapshot.tag);
	const together = tags.length > 1 ? await hypervisor.sizeTogether(domain.uuid, tags) : null;
	return {domain, sizes, together};
}

/** Large images take seconds. The line is removed at the end; without a terminal, or on a dumb one, there is none. */
function progressOn({io: {stderr, env}}: Context): (part: number) => void {
	let shown = -1;
	return part => {
		const percent = Math.floor(part * 100);
		if (!stderr.isTTY || env.TERM === 'dumb' || percent === shown) return;
		shown = percent;
		stderr.write(percent < 100 ? `\rReading tables: ${percent}%` : '\r\u001B[K');
	};
}

/** For people; `now` in milliseconds since 1970. */
export function sizeTable({domain, sizes, together}: Found, now: number): string {
	const dates = domain.snapshots.map(({tag, duplicates, createdAt}) => ({tag, duplicates, createdAt}));
	const rows = sizes.map(({tag, duplicates, ownBytes, sinceBytes, about}) => {
		const created = dates.find(one => one.tag === tag && one.duplicates === duplicates)?.createdAt ?? null;
		const shown = (bytes: number | null) => `${about && bytes !== null ? '~' : ''}${formatBytes(bytes)}`;
		return [printable(tag), formatAge(created, now), shown(ownBytes), shown(sinceBytes)];
	});
	const sum = together?.bytes == null ? [] : [`Deleting all ${sizes.length} frees ${formatBytes(together.bytes)}.`];
	const notes = [...sum, ...reasons(sizes)];
	return [table(['TAG', 'AGE', 'OWN', 'SINCE'], rows), ...(notes.length > 0 ? ['', ...notes] : [])].join('\n');
}

/** Each reason once, with the tags that it is true of. */
function reasons(sizes: readonly SnapshotSizes[]): string[] {
	const known = sizes.filter(({reason}) => reason !== null);
	return [...Map.groupBy(known, ({reason}) => reason!)].map(
		([reason, alike]) => `${enumerate(alike.map(({tag}) => printable(tag)))}: ${printable(reason)}`,
	);
}
