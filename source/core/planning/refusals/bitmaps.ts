/** Dirty bitmaps, by which backups know what has changed: libvirt's checkpoints, or those that an image holds. */

import {can} from '../../model/capabilities.ts';
import type {Does} from '../../model/does.ts';
import {isActive} from '../../model/domain.ts';
import type {Facts} from '../../model/facts.ts';
import type {Outcome} from '../../model/plan.ts';
import {type Refusal, refuse} from '../../model/refusal.ts';
import type {Snapshot} from '../../model/snapshot.ts';
import {byVirsh} from '../../steps/hints.ts';
import {remedy} from '../../words/remedy.ts';
import {enumerate, printable, shellWord, t} from '../../words/text.ts';

/**
 * Why no snapshot is gone back to; null where there are no bitmaps. QEMU loads none ("Device has active dirty bitmaps"), and libvirt has
 * stopped a running domain by then, which stays off (verified on 9.0); nor would the bitmaps be true afterwards.
 */
export function bitmapsRefusal(
	{domain, host, checkpoints}: Pick<Facts, 'domain' | 'host' | 'checkpoints'>,
	snapshot: Snapshot,
): Refusal | null {
	const [checkpoint] = checkpoints;
	if (checkpoint !== undefined) {
		return refuse(
			'unsupported',
			t`This domain has backup checkpoints (${enumerate(checkpoints.map(printable))}), and QEMU cannot load snapshots while they exist: a running domain would be shut off.`,
			remedy`${isActive(domain) ? 'Delete them first' : remedy`Start the domain ${byVirsh(host, 'start', domain)}, since libvirt deletes them only while it runs, and then delete them`} ${byVirsh(host, 'checkpoint-delete', domain, checkpoint)}. The next backup is then a full one.`,
		);
	}
	const files = new Set(snapshot.disks.flatMap(part => (part.kind === 'internal' ? (part.file ?? []) : [])));
	const image = domain.disks
		.flatMap(disk => disk.chain)
		.find(({file, bitmaps}) => files.has(file) && bitmaps.length > 0);
	if (!image) return null;
	const [first] = image.bitmaps;
	return refuse(
		'unsupported',
		t`${image.file} holds dirty bitmaps (${enumerate(image.bitmaps.map(printable))}), and QEMU cannot load snapshots while they exist.`,
		remedy`Remove them while the domain is shut off: qemu-img bitmap --remove ${shellWord(image.file)} ${shellWord(first!)}. The next backup is then a full one.`,
	);
}

/**
 * Why libvirt takes no snapshot of the domain, and records none anew, while it is shut off; null where it does. Older ones look for what the
 * running QEMU can, and there is none; newer ones have not learned to make overlays then, and do the rest.
 *
 * @param overlays whether the snapshot is an external one
 */
export function checkpointRefusal(
	{domain, host, checkpoints}: Pick<Facts, 'domain' | 'host' | 'checkpoints'>,
	overlays: boolean,
): Refusal | null {
	const [checkpoint] = checkpoints;
	const free = can(host, 'snapshots-under-checkpoints');
	if (checkpoint === undefined || isActive(domain) || (free && !overlays)) return null;
	const why = free
		? t`libvirt ${host.libvirt} takes no external snapshot of it: support for offline external snapshots while checkpoint exists was not yet implemented.`
		: t`libvirt ${host.libvirt} neither takes nor changes its snapshots: cannot perform block operations while checkpoint exists.`;
	return refuse(
		'unsupported',
		t`This domain has backup checkpoints (${enumerate(checkpoints.map(printable))}), and while it is shut off ${why}`,
		remedy`Start the domain first ${byVirsh(host, 'start', domain)}. To do it while the domain is shut off, delete the checkpoints as long as it runs ${byVirsh(host, 'checkpoint-delete', domain, checkpoint)}; the next backup is then a full one.`,
	);
}

/** The outcome, refused where libvirt would do a step of its plan only without checkpoints. */
export function withoutCheckpoints(facts: Facts, outcome: Outcome): Outcome {
	if ('refusal' in outcome) return outcome;
	const asked = outcome.plan.steps.filter(({does}) => ASKING.includes(does.kind));
	if (asked.length === 0) return outcome;
	const overlays = asked.some(({does}) => does.kind === 'create-snapshot' && does.external);
	const refusal = checkpointRefusal(facts, overlays);
	return refusal ? {refusal} : outcome;
}

const ASKING: readonly Does['kind'][] = ['create-snapshot', 'record-snapshot', 'redefine-snapshot'];

/**
 * Why qemu-img merges none of these layers while the domain is shut off; null where none of them holds bitmaps. It leaves behind what they
 * tell of, while the layers above still have bitmaps of that name: the next incremental backup lacks it, and nothing says so (verified on
 * 9.0). A QEMU that runs takes them along.
 */
export function mergedBitmapsRefusal(
	{domain, host}: Pick<Facts, 'domain' | 'host'>,
	layers: readonly string[],
): Refusal | null {
	if (isActive(domain)) return null;
	const image = domain.disks
		.flatMap(disk => disk.chain)
		.find(({file, bitmaps}) => layers.includes(file) && bitmaps.length > 0);
	if (!image) return null;
	return refuse(
		'wrong-state',
		t`${image.file} holds dirty bitmaps (${enumerate(image.bitmaps.map(printable))}). Merged while the domain is shut off they would be lost, and the next incremental backup would be incomplete without saying so.`,
		remedy`Start the domain first ${byVirsh(host, 'start', domain)}: then they are taken along. Or delete the checkpoints first; the next backup is then a full one.`,
	);
}
