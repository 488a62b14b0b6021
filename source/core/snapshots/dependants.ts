/** Who else depends on an image: writing to a base corrupts every overlay on it, and nothing but a running QEMU guards it. */

import {activeFile, type Disk, type Image} from '../model/disk.ts';
import {type Domain, isActive, writableDisks} from '../model/domain.ts';
import type {Facts} from '../model/facts.ts';
import {heldIn} from '../model/files.ts';
import {type Refusal, refuse} from '../model/refusal.ts';
import type {RemedyAction} from '../model/remedy.ts';
import type {Snapshot} from '../model/snapshot.ts';
import {byOwnBase} from '../steps/hints.ts';
import {remedy} from '../words/remedy.ts';
import {enumerate, plural, printable, t} from '../words/text.ts';

/** A use of an image by another domain: as its own active layer, or as a base further down. */
type Dependant = {
	readonly domain: Domain;
	readonly target: string;
	readonly file: string;
	readonly asBase: boolean;
	/** Not before its next start: its definition names the disk, and its QEMU does not have it. */
	readonly later: boolean;
	/** What stands on it there, and how that comes to stand on its own; null where it is the active layer. */
	readonly ownBase: RemedyAction | null;
};

type Around = Pick<Facts, 'domain' | 'domains' | 'identities'>;

/** Other domains' disks that have one of these files in their chain, by whatever name. */
export function dependantsOf(facts: Around, files: readonly string[]): Dependant[] {
	const own = facts.domain.disks.flatMap(({chain}) => chain).filter(({file}) => files.includes(file));
	const wanted = new Set([...files.flatMap(file => heldIn(facts, file)), ...own.flatMap(({fileIds}) => fileIds)]);
	return facts.domains
		.filter(domain => domain.uuid !== facts.domain.uuid)
		.flatMap(domain =>
			[...domain.disks, ...(domain.pendingDisks ?? [])].flatMap((disk, index) =>
				layersOf(disk).flatMap(({file, fileIds}, depth) => {
					const hit = [...heldIn(facts, file), ...fileIds].some(id => wanted.has(id));
					if (!hit || (disk.readonly && depth === 0)) return [];
					const later = index >= domain.disks.length;
					return [{domain, target: disk.target, file, asBase: depth > 0, later, ownBase: ownBaseOf(disk, depth)}];
				}),
			),
		);
}

/** To stand after its name: `virsh dumpxml` does not show it yet. */
export function sinceWhen(dependants: readonly Pick<Dependant, 'later'>[]): string {
	return dependants.every(({later}) => later) ? ', from its next start on' : '';
}

/** Why nothing can stand on these files: another domain writes to one now. Null where none does. */
export function inUseRefusal(facts: Around, files: readonly string[]): Refusal | null {
	const writer = dependantsOf(facts, files).find(user => !user.asBase && !user.later && isActive(user.domain));
	if (!writer) return null;
	const {reason, remedy} = inUseWords(writer.file, writer.domain.name);
	return refuse('has-dependants', reason, remedy);
}

/** What is said of a file that this domain writes to. */
export function inUseWords(file: string, name: string): {readonly reason: string; readonly remedy: string} {
	return {reason: t`${file} is in use by ${name}, which runs.`, remedy: t`Shut ${name} down first.`};
}

function ownBaseOf({chain}: Disk, depth: number): RemedyAction | null {
	return depth === 0 ? null : byOwnBase(chain[depth - 1]!.file, chain[depth]!);
}

/** One whose image could not be read still runs on it. */
function layersOf({source, chain}: Disk): readonly Pick<Image, 'file' | 'fileIds'>[] {
	return chain.length > 0 || source === null ? chain : [{file: source, fileIds: []}];
}

/** Why these files must not be written to; null where nobody else uses them. */
export function dependantsRefusal(facts: Around, files: readonly string[]): Refusal | null {
	const dependants = dependantsOf(facts, files);
	const first = dependants[0];
	if (!first) return null;
	const users = new Set(dependants.map(dependant => printable(dependant.domain.name)));
	const names = enumerate([...users]);
	return first.asBase
		? refuse(
				'has-dependants',
				t`${first.file} is the base of ${names}${sinceWhen(dependants)}: writing to it would corrupt ${plural(users.size, 'it', 'them')}.`,
				remedy`Work in ${names} instead. Or give ${users.size > 1 ? 'each' : 'it'} a base of its own first, while it is shut off ${first.ownBase!}.`,
			)
		: refuse(
				'has-dependants',
				t`${first.file} is also a disk of ${names}${sinceWhen(dependants)}.`,
				`Remove the disk from ${names}, or give it an overlay of its own.`,
			);
}

/** What a domain writes to as soon as it runs. */
export function filesWritten(domain: Pick<Domain, 'disks'>): string[] {
	return writableDisks(domain)
		.filter(disk => !disk.shareable)
		.map(activeFile);
}

/** A base must never run again while overlays of other domains depend on it: what it writes corrupts them all. */
export function sharedImageRefusal(facts: Around, files: readonly string[]): Refusal | null {
	const users = dependantsOf(facts, files).filter(user => user.asBase || (isActive(user.domain) && !user.later));
	const first = users[0];
	if (!first) return null;
	const names = enumerate([...new Set(users.map(user => printable(user.domain.name)))]);
	const reason = first.asBase
		? t`${first.file} is the base of ${names}${sinceWhen(users)}: what this domain writes would corrupt ${users.length > 1 ? 'them' : 'it'}.`
		: t`${first.file} is in use by ${names}.`;
	const next = first.asBase
		? remedy`Give ${users.length > 1 ? 'each' : names} a base of its own first, while it is shut off ${first.ownBase!}, or remove it.`
		: `Shut ${names} down first.`;
	return refuse('has-dependants', reason, next);
}

/** An overlay of one of the domain's own snapshots that is not in use now, such as the one a revert left. */
type Stranded = {readonly snapshot: Snapshot; readonly target: string; readonly file: string};

/** Overlays outside the present chains that depend on these files, or on one that does: they become unusable when the files are written to. */
export function strandedOn(domain: Pick<Domain, 'disks' | 'snapshots'>, files: readonly string[]): Stranded[] {
	const inUse = new Set(domain.disks.flatMap(disk => disk.chain.map(image => image.file)));
	const written = new Set(files);
	const stranded: Stranded[] = [];
	let found: Stranded[];
	do {
		found = domain.snapshots.flatMap(snapshot =>
			snapshot.disks.flatMap(part => {
				const {file, source, target} = part;
				const hit =
					part.kind === 'external' &&
					file !== null &&
					source != null &&
					written.has(source) &&
					!written.has(file) &&
					!inUse.has(file);
				return hit ? [{snapshot, target, file}] : [];
			}),
		);
		for (const {file} of found) written.add(file);
		stranded.push(...found);
	} while (found.length > 0);
	return stranded;
}
