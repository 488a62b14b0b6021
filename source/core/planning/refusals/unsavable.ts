/** Devices whose state QEMU cannot save, so that there is no memory to save. */
import {isSavableAtTimes, sharedFolder} from '../../model/domain.ts';
import type {Facts} from '../../model/facts.ts';
import {enumerate, printable, sentence, t} from '../../words/text.ts';

/** Why memory cannot be saved, as a sentence; null where it can. What QEMU says itself counts most. */
export function unsavableReason({domain, blocked}: Pick<Facts, 'domain' | 'blocked'>): string | null {
	if (blocked !== null && isSavableAtTimes(domain))
		return blocked.length === 0
			? null
			: `QEMU cannot save memory now: ${blocked.map(printable).map(sentence).join(' ')}`;
	if (domain.unsavable.length === 0) return null;
	return t`QEMU cannot save the state of ${enumerate(domain.unsavable.map(printable))}.`;
}

/** The remedy's beginning: what the guest can do where it is at fault, and then the verb of what helps always. */
export function unmountOr({domain, blocked}: Pick<Facts, 'domain' | 'blocked'>, verb: string): string {
	const mounted = blocked !== null && isSavableAtTimes(domain) && domain.unsavable.includes(sharedFolder);
	return mounted ? `Unmount the shared folder in the guest, or ${verb.toLowerCase()}` : verb;
}

/** The remedy's end: what lets memory be saved from the next start on; empty where nothing does. */
export function fixedFrequency({domain}: Pick<Facts, 'domain'>): string {
	return domain.unsavable.some(one => one.startsWith('cpu '))
		? " To save memory after its next start, fix the frequency of its TSC (virsh edit, in <clock>): <timer name='tsc' frequency='HZ'/>."
		: '';
}
