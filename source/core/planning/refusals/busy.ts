/** Domains that libvirt works on, and disks that QEMU copies or commits, at this moment. */

import type {Facts} from '../../model/facts.ts';
import {type Refusal, refuse} from '../../model/refusal.ts';
import {byVirsh} from '../../steps/hints.ts';
import {remedy} from '../../words/remedy.ts';
import {t} from '../../words/text.ts';

/**
 * libvirt and QEMU take no snapshot of a disk with a block job and delete none, some of them half way through. While a backup or
 * another job of libvirt's is open, it makes whatever else is asked for wait, and gives up after 30 s (verified on 9.0). Null where
 * there is no job.
 */
export function busyRefusal(facts: Pick<Facts, 'domain' | 'host' | 'job'>): Refusal | null {
	const {domain, host} = facts;
	const disk = domain.disks.find(candidate => candidate.blockJob !== null);
	if (disk) {
		return refuse(
			'busy',
			t`A block job (${disk.blockJob!}) works on ${disk.target}.`,
			remedy`Wait for it ${byVirsh(host, 'blockjob', domain, disk.target)}, or end it ${byVirsh(host, 'blockjob', domain, disk.target, '--abort')}.`,
		);
	}
	return jobRefusal(facts);
}

/** The same where disks do not matter: only what libvirt has open counts. */
export function jobRefusal({domain, host, job}: Pick<Facts, 'domain' | 'host' | 'job'>): Refusal | null {
	if (job === null) return null;
	return refuse(
		'busy',
		t`libvirt has a job open on this domain: ${job}.`,
		remedy`Wait for it ${byVirsh(host, 'domjobinfo', domain)}, or end it ${byVirsh(host, 'domjobabort', domain)}.`,
	);
}
