/** Processes that libvirt knows nothing of, and that write to the images of a domain that is shut off. */

import type {Facts} from '../../model/facts.ts';
import {type Refusal, refuse} from '../../model/refusal.ts';
import {t} from '../../words/text.ts';

/**
 * Null where there is none. A libvirtd that crashes as it starts can take a running domain for shut off while its QEMU goes on
 * (seen on 9.0, killed while it merged an overlay): whatever is done to the images then is done under a running guest.
 */
export function writerRefusal({domain, writers}: Pick<Facts, 'domain' | 'writers'>): Refusal | null {
	const [writer] = writers;
	if (!writer) return null;
	const {pid, name, file} = writer;
	const active = domain.disks.some(({source}) => source === file);
	const onBase = active
		? ''
		: ' It runs on a base of what the definition names: put that file into the definition (virsh edit) before you start the domain.';
	return refuse(
		'busy',
		t`${name} (process ${pid}) writes to ${file}, though libvirt says that the domain is ${domain.state}: libvirt may have lost track of it.`,
		`Stop it (a power cut for the guest): kill ${pid}; then try again.${onBase}`,
	);
}
