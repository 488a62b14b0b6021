/** Jobs that libvirt or QEMU has open on a domain or on one of its disks. */
import type {Facts} from '../../core/model/facts.ts';
import type {OpenJob} from '../../core/recover/open-jobs.ts';
import {type LibvirtReader, orNull} from '../../libvirt/reader.ts';

/**
 * None left behind means that what is read now stays as it is.
 *
 * @throws {ConnectionError} libvirt could not be asked
 */
export async function openJobs(reader: LibvirtReader, {domain}: Facts): Promise<OpenJob[]> {
	if (domain.id === null) return [];
	const [job, ...blocks] = await Promise.all([
		orNull(reader.job(domain.uuid)),
		...domain.disks.map(disk => reader.blockJob(domain.uuid, disk.target)),
	]);
	const onDomain: OpenJob[] = job === null ? [] : [{target: null, ready: false}];
	const onDisks = blocks.flatMap((block, index): OpenJob[] => {
		if (block === null) return [];
		const {doneBytes, totalBytes} = block.progress;
		return [{target: domain.disks[index]!.target, ready: totalBytes > 0 && doneBytes === totalBytes}];
	});
	return [...onDomain, ...onDisks];
}
