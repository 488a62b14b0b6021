/** Why a snapshot cannot be deleted now. */

import {can} from '../model/capabilities.ts';
import {activeFile} from '../model/disk.ts';
import {isActive} from '../model/domain.ts';
import type {Facts} from '../model/facts.ts';
import {type Refusal, refuse} from '../model/refusal.ts';
import type {Snapshot} from '../model/snapshot.ts';
import {ambiguity} from '../snapshots/tag.ts';
import {byVirsh} from '../steps/hints.ts';
import {remedy} from '../words/remedy.ts';
import {t} from '../words/text.ts';

/** Deleting an external snapshot renames the images that saved memory goes on with. */
export function managedSaveRefusal({domain, host}: Facts): Refusal | null {
	if (!domain.managedSave && domain.state !== 'saved') return null;
	return refuse(
		'saved-memory',
		'The domain has a managed save, which needs its images as they are named now.',
		remedy`Start it first ${byVirsh(host, 'start', domain)}, or discard the saved memory ${byVirsh(host, 'managedsave-remove', domain)}.`,
	);
}

/** In a lower layer: QEMU's delvm and libvirt reach the active one only while the domain is active (verified on libvirt 9.0). */
export function lowerLayerRefusal({domain, host}: Facts, snapshot: Snapshot): Refusal | null {
	if (!isActive(domain)) return null;
	for (const part of snapshot.disks) {
		const disk = domain.disks.find(candidate => candidate.target === part.target);
		if (part.file === null || !disk || part.file === activeFile(disk)) continue;
		const inChain = disk.chain.some(image => image.file === part.file);
		return refuse(
			'wrong-state',
			t`It is in ${part.file}, ${inChain ? 'a base that QEMU holds open for reading' : `on which ${disk.target} does not run now`}.`,
			remedy`Shut the domain down first ${byVirsh(host, 'shutdown', domain)}.`,
		);
	}
	return null;
}

/** libvirt recorded a disk that the active domain does not have, or has under another target: its delete would end libvirtd. */
export function absentDiskRefusal({domain, host}: Facts, {disks}: Snapshot): Refusal | null {
	if (!isActive(domain) || can(host, 'internal-delete-without-disk')) return null;
	const absent = disks.find(({target}) => !domain.disks.some(disk => disk.target === target));
	if (!absent) return null;
	return refuse(
		'wrong-state',
		t`It holds ${absent.target}, which the active domain does not have under this name: libvirt would crash as it deletes it.`,
		remedy`Shut the domain down first ${byVirsh(host, 'shutdown', domain)}.`,
	);
}

/** A tag that reads as another's ID, or stands twice where libvirt or a running QEMU would have to choose. */
export function shadowRefusal({domain}: Facts, snapshot: Snapshot): Refusal | null {
	const files = imagesHolding(snapshot);
	const tables = domain.disks.flatMap(disk =>
		disk.chain.filter(image => files.includes(image.file)).map(image => image.snapshots),
	);
	return ambiguity(tables, snapshot.tag, domain);
}

/** The images that hold it inside. */
export function imagesHolding(snapshot: Snapshot): string[] {
	return snapshot.disks.flatMap(part => (part.kind === 'internal' ? (part.file ?? []) : []));
}
