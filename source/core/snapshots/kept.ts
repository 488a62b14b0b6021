/** Overlays beside the chains that depend on layers of the domain: whoever writes to such a layer, or removes it, spoils them. */

import {dirname} from 'node:path/posix';
import type {Domain} from '../model/domain.ts';
import {type Facts, formatOf, type Kept} from '../model/facts.ts';
import {sameFile} from '../model/files.ts';
import {type Refusal, refuse} from '../model/refusal.ts';
import type {RemedyAction} from '../model/remedy.ts';
import type {Snapshot, SnapshotDisk} from '../model/snapshot.ts';
import {byOwnBase, byVirsh, byVirsnap} from '../steps/hints.ts';
import {option, remedy} from '../words/remedy.ts';
import {printable, t} from '../words/text.ts';

/** Those that depend on one of these files; `going`: files that the same plan removes, so that they need nothing any more. */
export function keptOn({kept}: Pick<Facts, 'kept'>, files: readonly string[], going: readonly string[] = []): Kept[] {
	return kept.filter(({file, below}) => !going.includes(file) && below.some(layer => files.includes(layer)));
}

/** Those that have this layer for their direct base. */
export function keptRightOn({kept}: Pick<Facts, 'kept'>, layer: string): string[] {
	return kept.filter(({below}) => below[0] === layer).map(({file}) => file);
}

/** A file beside the chains that libvirt's record of a snapshot names, with where it is named. */
type Recorded = {
	readonly kept: Kept;
	readonly domain: Domain;
	readonly snapshot: Snapshot;
	readonly part: SnapshotDisk;
};

/** Those that snapshots of any domain have, the uppermost first: the records are all that tells of them. */
export function recordedOn(
	facts: Pick<Facts, 'kept' | 'domains' | 'identities'>,
	files: readonly string[],
): Recorded[] {
	return keptOn(facts, files)
		.toSorted((one, other) => other.below.length - one.below.length)
		.flatMap(kept =>
			facts.domains.flatMap(domain =>
				domain.snapshots.flatMap(snapshot =>
					snapshot.disks
						.filter(
							({kind, file, source}) =>
								kind === 'external' && [file, source].some(name => sameFile(facts, name, kept.file)),
						)
						.map(part => ({kept, domain, snapshot, part})),
				),
			),
		);
}

/**
 * Why a domain is not to run that writes to these files: an overlay that no disk uses now, and that a snapshot has, depends on one. It was
 * defined back onto its base by hand, say.
 */
export function recordedBaseRefusal(facts: Facts, written: readonly string[]): Refusal | null {
	const {domain, host, spoiled} = facts;
	// Where the delete of one's own was broken off, the base has what the overlay had.
	const found = recordedOn(facts, written).find(
		one => one.domain.uuid !== domain.uuid || !spoiled.some(({tag}) => tag === one.snapshot.tag),
	);
	if (!found) return null;
	const {kept, domain: owner, snapshot, part} = found;
	const own = owner.uuid === domain.uuid && sameFile(facts, part.file, kept.file);
	const first = own
		? remedy`To keep the snapshot, define ${part.target} on ${printable(kept.file)} again ${byVirsh(host, 'edit', domain)}`
		: remedy`To keep that file, give it a base of its own first ${byBaseOf(facts, kept)}`;
	const record = byVirsnap(['delete', owner.name, snapshot.tag], null, ['--metadata-only']);
	return refuse(
		'has-dependants',
		t`${kept.below.find(file => written.includes(file))!} is the base of ${kept.file}, which snapshot ${snapshot.tag} of ${owner.name} has: what this domain writes would corrupt it.`,
		remedy`${first}. If you do not need it, delete libvirt's record of that snapshot ${record}, then start the domain.`,
	);
}

/** What becomes of the others, of which nobody has a record, where the domain runs. */
export function keptWarnings(facts: Pick<Facts, 'kept'>, written: readonly string[]): string[] {
	return keptOn(facts, written).map(
		({file}) => t`${file}, which no disk uses now, depends on what this domain writes to: it becomes corrupt.`,
	);
}

/** Where nobody could look for such files: a folder that may be entered and not be listed shows nothing, though an image is there. */
export function unlistedWarnings({
	domain,
	directories,
	identities,
}: Pick<Facts, 'domain' | 'directories' | 'identities'>): string[] {
	const files = [...domain.disks.flatMap(({chain}) => chain.map(({file}) => file)), ...Object.keys(identities)];
	const folders = new Set(files.map(file => dirname(file)));
	return [...folders]
		.filter(folder => directories[folder]?.entries.length === 0)
		.map(
			folder =>
				t`The files in ${folder} could not be listed: overlays there that depend on what is written to or removed are not known, and would become corrupt. Who may list the folder sees them: run virsnap with sudo.`,
		);
}

/** How it comes to stand on its own. */
export function byBaseOf(facts: Pick<Facts, 'domains'>, {file, below: [base]}: Kept): RemedyAction {
	return byOwnBase(file, {file: base!, format: formatOf(facts, base!)});
}

/** Why these layers are not to be written to; null where nothing depends on them. `recorded`: a record of libvirt's may go by itself. */
export function keptRefusal(
	facts: Facts,
	layers: readonly string[],
	going: readonly string[],
	recorded = false,
): Refusal | null {
	const kept = keptOn(facts, layers, going)[0];
	if (!kept) return null;
	const {file, below} = kept;
	const alone = remedy`To keep its data, give it a base of its own first ${byBaseOf(facts, kept)}`;
	const unused = facts.reclaimable.some(one => one.file === file);
	const discard = unused
		? remedy`; if you do not need it, remove it ${byVirsnap(['reclaim', facts.domain.name, file])}`
		: '';
	const record = recorded ? remedy`; or delete only libvirt's record (${option('--metadata-only')})` : '';
	return refuse(
		'has-dependants',
		t`${file}, which no disk uses now, depends on ${below.find(layer => layers.includes(layer))!}: writing to that would corrupt it.`,
		remedy`${alone}${discard}${record}.`,
	);
}
