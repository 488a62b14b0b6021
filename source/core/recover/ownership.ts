/** Which files an operation may call its own, so that taking it back removes nothing that somebody else has put there. */
import type {Facts} from '../model/facts.ts';
import type {Receipt} from '../model/receipt.ts';
import {makes} from '../steps/step.ts';

export type Told = Pick<Receipt, 'plan' | 'made' | 'steps'>;

/** What a step says where the name was taken before it; `cp` exits 0 then, and is taken for failed by its silence. */
const taken = /exist/i;

/** File systems take times from the kernel's tick, a little behind the clock. */
const coarseMilliseconds = 20;

/**
 * Whether the file is one that this operation has made. Once made its device and inode stand in the receipt. Of a step that was broken
 * off before they could be written down, the file is its own where it came into being since that step began: right before, there was
 * none of that name. Receipts of version 1 kept no more than that the name was free when it was planned.
 */
export function isOwn({plan, made, steps}: Told, file: string, {identities}: Pick<Facts, 'identities'>): boolean {
	if (made === null) return true;
	const found = identities[file];
	if (!found) return false;
	if (made[file] !== undefined) return made[file] === found.id;
	const maker = plan.steps.findIndex(step => makes(step).includes(file));
	const record = steps[maker];
	if (!record?.startedAt || record.status === 'done') return false;
	const refused = record.status === 'failed' && (record.exitCode === 0 || taken.test(record.stderr));
	return !refused && Date.parse(found.bornAt) >= Date.parse(record.startedAt) - coarseMilliseconds;
}

/** Device and inode of the files that this operation has made, as far as they are there. */
export function madeBy(told: Told, facts: Pick<Facts, 'identities'>): Record<string, string> {
	const own = [...new Set(told.plan.steps.flatMap(makes))].filter(file => isOwn(told, file, facts));
	const found = own.flatMap(file => (facts.identities[file] ? [[file, facts.identities[file].id]] : []));
	return {...told.made, ...Object.fromEntries(found)};
}
