/** Why a snapshot cannot be cloned. */

import type {Facts} from '../../model/facts.ts';
import {type Refusal, refuse} from '../../model/refusal.ts';
import type {Snapshot} from '../../model/snapshot.ts';
import {busyRefusal} from '../../planning/refusals/busy.ts';
import {openOverlayRefusal} from '../../planning/refusals/encrypted.ts';
import {remoteRefusal} from '../../planning/refusals/remote.ts';
import {unreadableRefusal} from '../../planning/refusals/unreadable.ts';
import {spoiledRefusal} from '../../revert/refusals.ts';
import {contentsRefusal} from '../../snapshots/contents/content.ts';
import {inUseRefusal} from '../../snapshots/dependants.ts';
import {runsOn} from '../../snapshots/family.ts';
import {byDelete, byVirsnap} from '../../steps/hints.ts';
import {option, remedy} from '../../words/remedy.ts';
import {t} from '../../words/text.ts';
import type {Origin} from '../origins.ts';

/** By the snapshot as a whole; null where it can be. */
export function snapshotRefusal(facts: Facts, snapshot: Snapshot): Refusal | null {
	const {domain} = facts;
	const refusal = remoteRefusal(facts) ?? contentsRefusal(snapshot);
	if (refusal) return refusal;
	if (domain.snapshots.filter(({tag}) => tag === snapshot.tag).length > 1) {
		return refuse(
			'ambiguous-tag',
			t`There are several snapshots ${snapshot.tag}.`,
			remedy`Delete all but one of them ${byDelete(domain, snapshot.tag)}: that shows how to choose.`,
		);
	}
	const targets = snapshot.disks.map(({target}) => target);
	return (
		unreadableRefusal(facts, snapshot) ??
		spoiledRefusal(facts, snapshot) ??
		// A merge under way may take its layers along.
		(snapshot.kind === 'external' ? busyRefusal(facts) : null) ??
		openOverlayRefusal(domain.disks.filter(({target}) => targets.includes(target)))
	);
}

/** By one disk of it; null where it can be. */
export function contentRefusal(facts: Facts, {tag}: Snapshot, {target, file, inside}: Origin): Refusal | null {
	if (facts.blockDevices.includes(file)) {
		return refuse(
			'unsupported-disk',
			t`${target} was on ${file}, a block device, which has no file that could be a base or be copied.`,
			remedy`Copy it out by hand ${byVirsnap(['open', facts.domain.name, tag])}.`,
		);
	}
	if (inside !== null) return null;
	const used = inUseRefusal(facts, [file]);
	if (used) return used;
	if (!runsOn(facts, file)) return null;
	return refuse(
		'unhealthy',
		t`${facts.domain.name} writes to ${file} itself: it no longer is what ${tag} holds.`,
		'Clone the present disks instead, without a snapshot.',
	);
}

/** No overlay depends on a snapshot inside an image: QEMU reads an image below as it is now. */
export function insideRefusal({tag}: Snapshot, origins: readonly Origin[]): Refusal | null {
	const found = origins.find(({inside}) => inside !== null);
	if (found === undefined) return null;
	return refuse(
		'method-mismatch',
		t`${tag} is inside ${found.file}: no overlay can depend on it.`,
		remedy`Make a full copy instead (${option('--full')}).`,
	);
}
