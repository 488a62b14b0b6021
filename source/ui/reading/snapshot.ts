/** All about one snapshot; what matters most comes first, since a small screen shows only that. */
import type {Domain, SavedMemory} from '../../core/model/domain.ts';
import type {Snapshot, SnapshotDisk, SnapshotSizes} from '../../core/model/snapshot.ts';
import {healthMeanings} from '../../core/snapshots/health/meanings.ts';
import type {Listed} from '../../core/snapshots/listed.ts';
import {expiryWords} from '../../core/snapshots/retention.ts';
import {withoutWords} from '../../core/words/consistency.ts';
import {formatBytes, formatClock, formatDate, printable, t} from '../../core/words/text.ts';
import {HEALTH} from '../state/snapshots/health.ts';
import {KINDS, snapshotKindOf} from '../state/snapshots/snapshot-kind.ts';
import {type Line, labelled, span, wrap} from '../terminal/line.ts';

/** `taken`: what d does instead of deleting this one, since others are marked; null where none is. */
export function listedLines(
	domain: Domain,
	listed: Listed,
	columns: number,
	taken: string | null,
	sizes: SnapshotSizes | null,
): readonly Line[] {
	if (listed.kind === 'managed-save') return savedLines(listed.memory, taken, columns);
	const {snapshot} = listed;
	const health = HEALTH[snapshot.health];
	const reason =
		snapshot.healthReason === '' ? healthMeanings[snapshot.health].meaning : printable(snapshot.healthReason);
	return [
		...healthLines(snapshot.health, reason, health.tone, columns),
		...nextLines(
			taken ?? (snapshot.protected && snapshot.health === 'ok' ? 'r reverts, P unprotects.' : health.next),
			columns,
		),
		...labelled('Kind', kindWords(snapshot), columns),
		...leftOutLines(snapshot, columns),
		...labelled('Size', sizeWords(sizes), columns),
		...aboutLines(snapshot, columns),
		...keepLines(snapshot, columns),
		...labelled('Parent', familyWords(domain, snapshot), columns),
		...snapshot.disks.flatMap((disk, index) => labelled(index === 0 ? 'Disks' : '', diskWords(disk), columns)),
		...(snapshot.memoryFile ? labelled('Memory', printable(snapshot.memoryFile), columns) : []),
		...labelled('Taken', takenWords(snapshot), columns),
	];
}

/** Memory that libvirt keeps for the next start. */
function savedLines(memory: SavedMemory | null, taken: string | null, columns: number): readonly Line[] {
	return [
		...nextLines(taken ?? 'r resumes from it, d discards it: the disks stay as they are.', columns),
		...labelled('Kind', `${KINDS['memory alone']}, kept by libvirt (managed save)`, columns),
		...labelled('Disks', 'not included; they must not change until it resumes', columns),
		...labelled('Memory', memory === null ? 'its path is unknown' : printable(memory.file), columns),
		...labelled(
			'Taken',
			`${formatDate(memory?.writtenAt ?? null)}; size ${formatBytes(memory?.bytes ?? null)}`,
			columns,
		),
	];
}

function healthLines(word: string, reason: string, tone: 'ok' | 'warn' | 'bad' | string, columns: number): Line[] {
	const rows = wrap(`${word}: ${reason}`, Math.max(8, columns - 9));
	return rows.map((row, index) => {
		if (index > 0) return [span(' '.repeat(9)), span(row)];
		return [span('Health'.padEnd(9), 'dim'), span(word, tone as 'ok'), span(row.slice(word.length))];
	});
}

/** The keys stand out, as in the footer: one letter at the start of a sentence, or after a comma or "and". */
function nextLines(next: string, columns: number): Line[] {
	return labelled('Next', next, columns).map(([label, text]): Line => {
		const parts = text!.text.split(/(?<=^|, |and |or press )([a-zA-Z])(?=[ .])/);
		return [label!, ...parts.map((part, index) => span(part, index % 2 === 1 ? 'key' : 'plain'))];
	});
}

/** It may have several lines. */
function aboutLines({description}: Snapshot, columns: number): readonly Line[] {
	if (!description) return [];
	const lines = description.split('\n');
	return lines.flatMap((line, index) => labelled(index === 0 ? 'About' : '', printable(line), columns));
}

/** Nothing where it may be deleted at any time and is to be kept for ever. */
function keepLines({protected: kept, expiresAt}: Snapshot, columns: number): readonly Line[] {
	const words = [
		...(kept ? ['protected: no plan deletes it'] : []),
		...(expiresAt === null ? [] : [`expires ${expiryWords(expiresAt)}`]),
	];
	return words.length === 0 ? [] : labelled('Keep', words.join('; '), columns);
}

function kindWords(snapshot: Snapshot): string {
	const origin = snapshot.libvirt ? '' : '; made by qemu-img or savevm, not by libvirt';
	const state = STATES[snapshot.state] ?? printable(snapshot.state);
	return `${snapshotKindOf(snapshot)}, taken while ${state}${origin}`;
}

/** States of a snapshot that virsh calls otherwise in a list of domains; disks alone of a running one, the kind says already. */
const STATES: Readonly<Record<string, string>> = {'disk-snapshot': 'running', shutoff: 'shut off'};

function familyWords(domain: Domain, snapshot: Snapshot): string {
	const parent = snapshot.parent === null ? 'none' : printable(snapshot.parent);
	const children = domain.snapshots
		.filter(other => other.parent === snapshot.tag && other.libvirt)
		.map(({tag}) => printable(tag));
	const descendants = children.length === 0 ? '' : `; children: ${children.join(', ')}`;
	return `${parent}${snapshot.current ? '; this is the current snapshot' : ''}${descendants}`;
}

function diskWords({target, kind, id, file}: SnapshotDisk): string {
	const where = file === null ? '' : kind === 'external' ? t`, overlay ${file}` : t`, in ${file}`;
	return t`${target} ${kind}${id === null ? '' : t`, ID ${id}`}${where}`;
}

/** A snapshot may hold less than the domain has. */
function leftOutLines({leftOut}: Snapshot, columns: number): readonly Line[] {
	if (leftOut.length === 0) return [];
	const words = withoutWords(leftOut.map(({target}) => target));
	return labelled('Without', words, columns, 'warn');
}

/** Both figures, or one and why there is no other. */
function sizeWords(sizes: SnapshotSizes | null): string {
	if (sizes === null) return 'being read';
	const {ownBytes, sinceBytes, reason, about} = sizes;
	const shown = (bytes: number) => `${about ? 'about ' : ''}${formatBytes(bytes)}`;
	const known = [
		...(ownBytes === null ? [] : [`delete frees ${shown(ownBytes)}`]),
		...(sinceBytes === null ? [] : [`revert discards ${shown(sinceBytes)}`]),
	];
	return [known.join('; '), ...(reason === null ? [] : [printable(reason)])].filter(words => words !== '').join('. ');
}

function takenWords({createdAt, vmSizeBytes, vmClockNs}: Snapshot): string {
	return `${formatDate(createdAt)}; VM size ${formatBytes(vmSizeBytes)}; VM clock ${formatClock(vmClockNs)}`;
}
