/**
 * What becomes of the state that lies beside disks and memory: UEFI variables and the TPM's. QEMU keeps both with the memory of a
 * guest, and loading that memory writes them back; a snapshot of disks alone leaves them as they are.
 */
import type {Domain} from '../model/domain.ts';
import type {Step} from '../model/step.ts';

/** Said of a new snapshot; empty where the domain has neither. */
export function firmwareTaken(domain: Firm, memory: boolean): string[] {
	const [what, are, them] = wordsOf(domain);
	if (what === '') return [];
	return memory
		? [`${what} ${are} part of it: a revert brings ${them} back, and later changes to ${them} are lost.`]
		: [
				`${what} ${are} not part of it: a revert leaves ${them} as they are then.`.replace(
					'it as they are',
					'it as it is',
				),
			];
}

/** Said of a revert by these steps to a snapshot, which may hold memory. */
export function firmwareAfter(domain: Firm, holdsMemory: boolean, steps: readonly Pick<Step, 'does'>[]): string[] {
	const [what, are, them] = wordsOf(domain);
	if (what === '') return [];
	const loads = steps.some(({does}) => ['revert-snapshot', 'restore', 'monitor-snapshot'].includes(does.kind));
	return holdsMemory && loads
		? [`${what} ${are} taken back to that time as well: later changes to ${them} are lost.`]
		: [`${what} ${them === 'it' ? 'stays as it is' : 'stay as they are'}.`];
}

type Firm = Pick<Domain, 'firmware' | 'tpm'>;

function wordsOf({firmware, tpm}: Firm): readonly [what: string, are: string, them: string] {
	const parts = [...(firmware.nvram ? ['UEFI variables'] : []), ...(tpm ? ['the state of the TPM'] : [])];
	const what = parts.length === 0 ? '' : `The ${parts.join(' and ').replace(/^the /, '')}`;
	return firmware.nvram ? [what, 'are', 'them'] : [what, 'is', 'it'];
}
