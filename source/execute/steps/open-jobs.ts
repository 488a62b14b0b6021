/** Jobs that libvirt or QEMU has open on a domain: `virsh domjobinfo`, and `virsh blockjob` for each disk. */
import type {Facts} from '../../core/model/domain.ts';
import type {OpenJob} from '../../core/recover/open-jobs.ts';
import {parseJob} from '../../libvirt/job.ts';
import {ask, type Libvirt} from '../../libvirt/virsh/ask.ts';
import {parseProgress} from './step-watch.ts';

/**
 * None left behind means that what is read now stays as it is.
 *
 * @throws {ConnectionError} libvirt could not be asked
 */
export async function openJobs(libvirt: Libvirt, {domain}: Facts): Promise<OpenJob[]> {
	if (domain.id === null) return [];
	const address = `--domain=${domain.uuid}`;
	const [job, ...blocks] = await ask(libvirt, [
		['domjobinfo', address],
		...domain.disks.map(disk => ['blockjob', address, `--path=${disk.target}`, '--raw']),
	]);
	const onDomain: OpenJob[] = parseJob(job!) === null ? [] : [{target: null, ready: false}];
	const onDisks = blocks.flatMap((answer, index): OpenJob[] => {
		const progress = answer.failed ? null : parseProgress(answer.stdout);
		const open = !answer.failed && /\btype=/.test(answer.stdout);
		if (!open) return [];
		return [
			{target: domain.disks[index]!.target, ready: progress !== null && progress.doneBytes === progress.totalBytes},
		];
	});
	return [...onDomain, ...onDisks];
}
