/** Disks of which a definition has something else than their chains, or than the active domain. */

import type {Disk} from '../../model/disk.ts';
import {type Domain, isActive} from '../../model/domain.ts';
import type {Facts} from '../../model/facts.ts';
import {sameFile} from '../../model/files.ts';
import {type Refusal, refuse} from '../../model/refusal.ts';
import {byVirsh} from '../../steps/hints.ts';
import {remedy} from '../../words/remedy.ts';
import {t} from '../../words/text.ts';

/**
 * Why no overlay or copy is made of one of these disks; null where their definitions are true. What is made stands on the chain that the
 * images name, and the guest would find other data in it than before: with an empty <backingStore/> QEMU reads nothing below (verified on
 * libvirt 9.0). While the domain is active QEMU's own chain counts.
 */
export function misdefinedRefusal(
	domain: Pick<Domain, 'name' | 'state' | 'id'>,
	disks: readonly Disk[],
): Refusal | null {
	const disk = isActive(domain) ? undefined : disks.find(({misdefined}) => misdefined !== undefined);
	if (!disk) return null;
	return refuse(
		'unsupported-disk',
		t`The definition of ${disk.target} names other layers in its <backingStore> than its images do, or takes one for another format: an overlay could contain other data than the guest reads now.`,
		t`If the images are right, remove the <backingStore> of ${disk.target}: virsh edit ${domain.name}. If the definition is, correct the images: qemu-img rebase -u.`,
	);
}

/**
 * Why no disk of an active domain is put on these files; null where the definition follows, or has the disk there already. libvirt changes
 * it with the running domain only where target and path are equal in both (verified on 9.0). Elsewhere it would stay as it is, and the next
 * start write to a base under its overlay, or miss a file that is gone. `file`: null for a new one.
 */
export function pendingRefusal(
	facts: Pick<Facts, 'domain' | 'host' | 'identities'>,
	moves: readonly {readonly target: string; readonly file: string | null}[],
): Refusal | null {
	const {domain, host} = facts;
	const disk = domain.disks.find(({target, pending}) =>
		moves.some(
			move => move.target === target && pending && (pending.same || !sameFile(facts, pending.source, move.file)),
		),
	);
	if (!disk) return null;
	const edit = byVirsh(host, 'edit', domain);
	return refuse(
		'wrong-state',
		t`The definition was changed while the domain is active: ${pendingWords(disk)}. libvirt would not put the new file of ${disk.target} into it, and the next start would use a wrong one.`,
		disk.pending!.same
			? remedy`Shut it down first ${byVirsh(host, 'shutdown', domain)}, or change the definition back ${edit}.`
			: remedy`Change the definition back ${edit}: ${disk.target} on ${disk.source ?? ''}.`,
	);
}

/** What the next definition has instead of this disk, to stand within a sentence. */
export function pendingWords({target, source, pending}: Disk): string {
	if (!pending?.same) return t`from the next start on ${target} is ${pending?.source ?? ''}`;
	return pending.target === target
		? t`from the next start on ${source ?? target} is ${pending.source}`
		: t`from the next start on ${target} is called ${pending.target}`;
}
