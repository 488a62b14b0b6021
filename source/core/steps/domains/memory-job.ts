/** What libvirt tells of memory that it writes, and how it breaks that off. */
import type {DomainAddress} from '../../model/does.ts';
import type {StepJob} from '../step-kind.ts';

/** `domjobinfo` and `domjobabort` (virsh(1)). */
export function memoryJob({on}: {readonly on: DomainAddress}): StepJob {
	const domain = `--domain=${on.uuid}`;
	return {questions: [['domjobinfo', domain, '--rawstats']], abort: ['domjobabort', domain]};
}
