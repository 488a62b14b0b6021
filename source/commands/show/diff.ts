/** `virsnap diff DOMAIN TAG [TAG2]`: what differs between a snapshot and now, or between two snapshots. */
import {createTwoFilesPatch} from 'diff';
import type {Domain} from '../../core/model/domain.ts';
import type {Hypervisor} from '../../core/model/hypervisor.ts';
import type {Refusal} from '../../core/model/refusal.ts';
import type {Snapshot} from '../../core/model/snapshot.ts';
import type {DiskDifference} from '../../core/snapshots/contents/difference.ts';
import {findSnapshot} from '../../core/snapshots/tag.ts';
import {formatBytes, printable, t} from '../../core/words/text.ts';
import {command} from '../command.ts';
import {findDomain, isRefusal, readInventory, withHypervisor} from '../connection.ts';
import {Exit, onHost, print, printJson} from '../context.ts';
import {printableLines} from '../line/printable-lines.ts';
import {sayRefused} from './refuse.ts';
import {table} from './table.ts';

export const diffCommand = command({
	name: 'diff',
	summary: 'show what differs between a snapshot and now, or another one',
	description: [
		'The definition of the domain as a unified diff, without passwords, and how much of each disk differs, by whole clusters.',
		'The definitions are those for the next start; libvirt records one with each of its own snapshots.',
	],
	arguments: [
		{name: 'DOMAIN', help: 'name, UUID or id of the domain', completes: ['domain']},
		{name: 'TAG', help: 'the snapshot', completes: ['tag']},
		{name: 'TAG2', help: 'another snapshot; default: now', optional: true, completes: ['tag']},
	],
	options: {json: {help: 'print one JSON document'}},
	examples: [
		{line: 'diff web before', does: 'Show what has changed since before was taken.'},
		{line: 'diff web before after --json', does: 'Compare two snapshots, for scripts.'},
	],
	async run(context, {words: [name = '', from = '', to], options}) {
		const found = await withHypervisor(context, hypervisor => read(hypervisor, name, from, to));
		if ('refusal' in found) return sayRefused(context, found.refusal, options.json === true);
		if (options.json) printJson(context, {...onHost(context), ...found});
		else print(context, differenceText(found));
		return Exit.ok;
	},
});

/** `diff --json`. `definition`: a unified diff, empty where nothing differs; null with `reason` where a snapshot records none. */
type Difference = {
	readonly domain: string;
	readonly from: string;
	/** Null: now. */
	readonly to: string | null;
	readonly definition: string | null;
	readonly reason: string | null;
	readonly disks: readonly DiskDifference[];
};

async function read(
	hypervisor: Hypervisor,
	name: string,
	from: string,
	to: string | undefined,
): Promise<Difference | {readonly refusal: Refusal}> {
	const {domains} = await readInventory(hypervisor);
	const domain = findDomain(domains, name);
	if (isRefusal(domain)) return {refusal: domain};
	const one = findSnapshot(domain, from);
	if ('refusal' in one) return one;
	const other = to === undefined ? null : findSnapshot(domain, to);
	if (other !== null && 'refusal' in other) return other;
	const [facts, disks] = await Promise.all([hypervisor.facts(domain.uuid), disksOf(hypervisor, domain, one, other)]);
	const {definitionsOf} = await import('../../core/snapshots/contents/difference.ts');
	const definitions = definitionsOf(facts, one, other);
	const label = (tag: string | null) => t`${domain.name}, ${tag === null ? 'now' : tag}`;
	const known = 'reason' in definitions ? null : definitions;
	return {
		domain: domain.name,
		from: one.tag,
		to: other?.tag ?? null,
		definition: known === null ? null : unified(known.before, known.after, label(one.tag), label(other?.tag ?? null)),
		reason: 'reason' in definitions ? definitions.reason : null,
		disks,
	};
}

/** Disks against now are those of `size`. */
async function disksOf(
	hypervisor: Hypervisor,
	domain: Domain,
	one: Snapshot,
	other: Snapshot | null,
): Promise<readonly DiskDifference[]> {
	if (other !== null) return hypervisor.difference(domain.uuid, one, other);
	const sizes = await hypervisor.sizes(domain.uuid);
	const found = sizes.find(({tag, duplicates}) => tag === one.tag && duplicates === one.duplicates);
	return (found?.disks ?? []).map(({target, sinceBytes, reason}) => ({
		target,
		changedBytes: sinceBytes,
		reason: sinceBytes === null ? reason : null,
	}));
}

function unified(then: string, now: string, thenLabel: string, nowLabel: string): string {
	if (then === now) return '';
	// The first line is a ruler of equal signs.
	return createTwoFilesPatch(thenLabel, nowLabel, then, now, '', '').split('\n').slice(1).join('\n');
}

function differenceText({definition, reason, disks}: Difference): string {
	const words =
		definition === null ? reason! : definition === '' ? 'The definition is the same.' : definition.trimEnd();
	const rows = disks.map(({target, changedBytes, reason}) => [
		printable(target),
		formatBytes(changedBytes),
		reason === null ? '' : printable(reason),
	]);
	const changed = rows.length === 0 ? 'No disk holds it.' : table(['DISK', 'CHANGED', ''], rows);
	return `${printableLines(words)}\n\n${changed}`;
}
