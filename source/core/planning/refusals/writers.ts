/** What the kernel says of the images: who writes to them though the domain is shut off, and which of them its QEMU runs on. */

import {holdersOf} from '../../model/disk.ts';
import type {Facts} from '../../model/facts.ts';
import type {Verb} from '../../model/plan.ts';
import {type Refusal, refuse} from '../../model/refusal.ts';
import {byVirsh} from '../../steps/hints.ts';
import {remedy} from '../../words/remedy.ts';
import {t} from '../../words/text.ts';

/**
 * Null where there is none. A libvirtd that crashes as it starts can take a running domain for shut off while its QEMU goes on
 * (seen on 9.0, killed while it merged an overlay): whatever is done to the images then is done under a running guest.
 */
export function writerRefusal({domain, writers}: Pick<Facts, 'domain' | 'writers'>): Refusal | null {
	const [writer] = writers;
	if (!writer) return null;
	const {pid, name, file} = writer;
	const active = domain.disks.some(({source, chain: [top]}) => source === file || top?.dataFile === file);
	const onBase = active
		? ''
		: ' It runs on a base of what the definition names: put that file into the definition (virsh edit) before you start the domain.';
	return refuse(
		'busy',
		t`${name} (process ${pid}) writes to ${file}, though libvirt says that the domain is ${domain.state}: libvirt may have lost track of it.`,
		`Stop it (a power cut for the guest): kill ${pid}; then try again.${onBase}`,
	);
}

/** Why its files are not what libvirt and the definition make of them, whatever is asked; null where they are. */
export const openFilesRefusal = (facts: Facts, verb: Verb = 'create'): Refusal | null =>
	writerRefusal(facts) ?? notOpenRefusal(facts, verb);

/** These leave the disks alone, and QEMU running. */
const harmless: readonly Verb[] = ['edit', 'suspend', 'resume'];

/**
 * Null where QEMU runs on the files that lie at their paths. One that somebody has moved or put another one in place of is written to as
 * long as QEMU runs, is what libvirt merges into, and is gone, with all that, when QEMU ends.
 */
function notOpenRefusal(
	{domain, host, notOpen}: Pick<Facts, 'domain' | 'host' | 'notOpen'>,
	verb: Verb,
): Refusal | null {
	const [file] = notOpen;
	const disk = domain.disks.find(({chain}) => chain.flatMap(holdersOf).includes(file ?? ''));
	if (file === undefined || !disk || harmless.includes(verb)) return null;
	const {target} = disk;
	const copied = byVirsh(host, 'blockcopy', domain, target, ...intoNewFile, '--dest', `${file}.rescued`);
	return refuse(
		'unhealthy',
		t`${target}: QEMU does not have ${file} open. It runs on the file that was there before somebody moved or replaced it; when QEMU ends, what was written to that file is lost.`,
		remedy`Leave the domain running. Move that file back to its path; where it is gone, copy the disk, as the domain sees it, to a new file ${copied}.`,
	);
}

/** The domain goes on in the copy, and so does its definition. */
const intoNewFile = ['--format', 'qcow2', '--wait', '--pivot', '--transient-job'];
