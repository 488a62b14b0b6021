/** Why a domain cannot be cloned as it is, or a clone not have a name. */

import {activeFile} from '../../model/disk.ts';
import {writableDisks} from '../../model/domain.ts';
import type {Facts} from '../../model/facts.ts';
import type {CloneIntent} from '../../model/intent.ts';
import {type Refusal, refuse} from '../../model/refusal.ts';
import {openOverlayRefusal} from '../../planning/refusals/encrypted.ts';
import {misdefinedRefusal} from '../../planning/refusals/misdefined.ts';
import {remoteRefusal} from '../../planning/refusals/remote.ts';
import {unreadableDiskRefusal} from '../../planning/refusals/unreadable.ts';
import {inUseRefusal} from '../../snapshots/dependants.ts';
import {longestTag} from '../../snapshots/tag.ts';
import {byVirsh} from '../../steps/hints.ts';
import {remedy} from '../../words/remedy.ts';
import {printable, t, utf8Length} from '../../words/text.ts';

/** Why no domain can be called this; null where one can. libvirt names files after it, and refuses slashes and line ends. */
export function domainNameRefusal({domains}: Facts, name: string): Refusal | null {
	const bad =
		name.trim() === '' || name !== name.trim()
			? 'is empty, or begins or ends with a space'
			: /[/\n]/.test(name)
				? 'holds a slash or a line end, which libvirt refuses'
				: printable(name) !== name
					? 'holds control or invisible characters'
					: utf8Length(name) > longestTag - 16
						? 'is too long for the names of its files'
						: null;
	if (bad) return refuse('bad-name', `The name ${bad}.`, 'Choose another name, such as web-2.');
	if (!domains.some(other => other.name === name)) return null;
	return refuse('bad-name', t`There is a domain ${name} already.`, 'Choose another name.');
}

/** Why the domain cannot be cloned as it is now, by its state, its place and who runs on its images; null where it can. */
export function baseRefusal(facts: Facts, {full}: Pick<CloneIntent, 'full'>): Refusal | null {
	const {domain, host} = facts;
	if (domain.managedSave || domain.state === 'saved') {
		return refuse(
			'saved-memory',
			full
				? 'The domain has a managed save: its disks alone are as after a power cut.'
				: 'The domain has a managed save, which would resume on its disks; a base must never run.',
			remedy`Discard the saved memory first ${byVirsh(host, 'managedsave-remove', domain)}.`,
		);
	}
	if (domain.state !== 'shut off') {
		return refuse(
			'wrong-state',
			full
				? `The domain is ${domain.state}; its disks are copied while it is shut off.`
				: `The domain is ${domain.state}; the base of a clone is shut off, and stays so.`,
			remedy`Shut it down first ${byVirsh(host, 'shutdown', domain)}, or clone one of its snapshots.`,
		);
	}
	return remoteRefusal(facts) ?? inUseRefusal(facts, writableDisks(domain).map(activeFile));
}

/** Why one of its disks cannot be cloned; null where each can. */
export function diskRefusal(facts: Facts): Refusal | null {
	const disks = writableDisks(facts.domain);
	if (disks.length === 0) {
		return refuse('no-disk', 'The domain has no writable disk to clone.', 'Copy the domain instead: virt-clone.');
	}
	for (const disk of disks) {
		const unreadable = unreadableDiskRefusal([disk]);
		if (unreadable) return unreadable;
		const what = disk.shareable
			? 'shareable: other domains may write to it, too'
			: disk.transient
				? 'transient: its changes go when the domain stops'
				: disk.device === 'lun' || disk.type !== 'file' || facts.blockDevices.includes(activeFile(disk))
					? `a ${disk.device === 'lun' ? 'lun' : disk.type === 'file' ? 'block' : disk.type} disk, which has no file that could be a base or be copied`
					: null;
		if (what)
			return refuse(
				'unsupported-disk',
				`${disk.target} is ${what}.`,
				'Detach it from the base, or copy the domain instead: virt-clone.',
			);
	}
	return misdefinedRefusal(facts.domain, disks) ?? openOverlayRefusal(disks);
}
