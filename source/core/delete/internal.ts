/** Deleting a snapshot from inside the images: by libvirt, by qemu-img, or by QEMU's monitor. */

import {can} from '../model/capabilities.ts';
import {isActive} from '../model/domain.ts';
import type {Facts} from '../model/facts.ts';
import type {Snapshot, SnapshotDisk} from '../model/snapshot.ts';
import type {Change, Step} from '../model/step.ts';
import {remoteRefusal} from '../planning/refusals/remote.ts';
import {isJobTag, otherTagRefusal, rawTagIn, rawTagRefusal} from '../snapshots/tag.ts';
import {addressOf} from '../steps/on-domain.ts';
import {step} from '../steps/step.ts';
import {enumerate, t} from '../words/text.ts';
import {type DeleteDraft, type Drafted, deleteStep, recordStep} from './delete-step.ts';
import {absentDiskRefusal} from './refusals.ts';

/** libvirt's own delete: from every disk, with its record. */
export function managedDelete(facts: Facts, snapshot: Snapshot): Drafted {
	const refusal = absentDiskRefusal(facts, snapshot);
	if (refusal) return {refusal};
	return {
		method: 'libvirt-internal',
		why:
			snapshot.health === 'replaced'
				? `${snapshot.healthReason} libvirt deletes by tag: the record and what the images hold now.`
				: 'libvirt deletes it from every disk, with its record.',
		steps: [deleteStep(facts, snapshot, goneChanges(snapshot))],
	};
}

/** libvirt would make the tag part of a QEMU job's name, and fail (verified on 11.3): QEMU's own delvm takes it. */
export function oddJobName({domain, host}: Facts, snapshot: Snapshot): boolean {
	return isActive(domain) && can(host, 'internal-jobs') && !isJobTag(snapshot.tag);
}

/** Why libvirt is not asked, to begin the reason of the way taken instead. */
function whyNotLibvirt(facts: Facts, snapshot: Snapshot): string {
	return oddJobName(facts, snapshot)
		? `libvirt ${facts.host.libvirt} cannot delete a tag with other characters than A-Z a-z 0-9 . _ - while the domain is active.`
		: snapshot.healthReason;
}

/** What libvirt does not describe, or only in part: taken out of the tables, then out of libvirt's records. */
export function fromTables(facts: Facts, snapshot: Snapshot): Drafted {
	const record = snapshot.libvirt ? [recordStep(facts, snapshot)] : [];
	const holders = snapshot.disks.filter(part => part.id !== null);
	const active = isActive(facts.domain);
	const refusal = active ? (rawTagRefusal(facts, snapshot) ?? otherTagRefusal(facts, snapshot)) : remoteRefusal(facts);
	if (refusal) return {refusal};
	if (active) return monitorDelete(facts, snapshot, holders, record);
	return {
		method: 'qemu-img',
		why: `${snapshot.healthReason} Shut off: qemu-img works on the images directly.`,
		steps: [
			...holders.map(part =>
				step(
					{
						kind: 'image-snapshot',
						action: 'delete',
						tag: snapshot.tag,
						...rawTagIn(facts.domain, part),
						file: part.file!,
					},
					{title: t`Delete ${snapshot.tag} from ${part.target}`},
				),
			),
			...record,
		],
	};
}

function monitorDelete(
	facts: Facts,
	snapshot: Snapshot,
	holders: readonly SnapshotDisk[],
	record: readonly Step[],
): DeleteDraft {
	return {
		method: 'monitor',
		why: `${whyNotLibvirt(facts, snapshot)} Active: QEMU has the images open, so its monitor deletes it.`,
		steps: [
			step(
				{kind: 'monitor-snapshot', on: addressOf(facts), action: 'delvm', tag: snapshot.tag},
				{
					title: t`Delete ${snapshot.tag} from ${enumerate(holders.map(part => part.target))}`,
					changes: holders.map(part => partChange(snapshot, part)),
				},
			),
			...record,
		],
	};
}

function goneChanges(snapshot: Snapshot): Change[] {
	return [
		...snapshot.disks.map(part => partChange(snapshot, part)),
		{sign: '-', what: t`libvirt's record of ${snapshot.tag}`},
	];
}

function partChange(snapshot: Snapshot, part: SnapshotDisk): Change {
	return {sign: '-', what: t`internal snapshot ${snapshot.tag} in ${part.file ?? part.target}`};
}
