/** What libvirt tells of memory that it writes, and how it breaks that off. */
import type {DomainAddress} from '../../model/does.ts';
import type {StepJob} from '../step-kind.ts';

/** Broken off by `domjobabort` (virsh(1)). */
export function memoryJob({on}: {readonly on: DomainAddress}): StepJob {
	return {uuid: on.uuid, disks: null, abort: ['domjobabort', `--domain=${on.uuid}`]};
}
