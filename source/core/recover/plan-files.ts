/** The files that a plan is about: to be looked for when it did not come to its end, and their folders later on. */
import {dirname} from 'node:path/posix';
import type {Facts} from '../model/facts.ts';
import type {Plan} from '../model/plan.ts';
import type {Receipt} from '../model/receipt.ts';
import {fileExists, isInUse} from '../planning/files.ts';
import {keptOn} from '../snapshots/kept.ts';
import {makes, removes} from '../steps/step.ts';
import {t} from '../words/text.ts';
import {isOwn, type Told} from './ownership.ts';

/** Absolute paths of all files that a plan makes, moves to, removes or promises; some may be named twice. */
export function filesOfPlan(plan: Plan): string[] {
	return [
		...plan.steps.flatMap(makes),
		...plan.steps.flatMap(removes),
		...plan.expect.flatMap(one => ('file' in one ? [one.file] : [])),
		...(plan.file === undefined ? [] : [plan.file]),
	];
}

/**
 * Folders of operations on this domain, or on one of these files: overlays there may be named by no definition and no record any more. Those
 * of other domains are not looked at: there may be hundreds, and a file system that hangs.
 */
export function foldersIn(receipts: readonly EarlierReceipt[], uuid: string, files: ReadonlySet<string>): string[] {
	const near = begun(receipts).flatMap(({plan}) => {
		const about = [...filesOfPlan(plan), ...Object.keys(plan.files ?? {})];
		return plan.domain.uuid === uuid || about.some(file => files.has(file)) ? about : [];
	});
	return [...new Set(near.filter(file => file.startsWith('/')).map(file => dirname(file)))];
}

/** Files that operations on this domain were to make: a full copy depends on nothing of the domain, and an undo removes it. */
export function filesMadeIn(receipts: readonly EarlierReceipt[], uuid: string): string[] {
	const own = begun(receipts).filter(({plan}) => plan.domain.uuid === uuid);
	return [...new Set(own.flatMap(({plan}) => plan.steps.flatMap(makes)))];
}

export type EarlierReceipt = Pick<Receipt, 'plan' | 'status'>;

const begun = (receipts: readonly EarlierReceipt[]): EarlierReceipt[] =>
	receipts.filter(({status}) => status !== 'stale');

/** A file that a plan was to make, and that nothing depends on. */
export type Leftover = {
	readonly file: string;
	/** Whether it is certain that the operation made it. */
	readonly own: boolean;
};

/** Files under the names that the plan was to make, as far as nothing uses them. */
export function leftoverFiles(receipt: Told, facts: Facts): Leftover[] {
	const used = new Set(
		facts.domain.snapshots.flatMap(({memoryFile, disks}) => [memoryFile, ...disks.map(({file}) => file)]),
	);
	return [...new Set(receipt.plan.steps.flatMap(makes))]
		.filter(file => fileExists(facts, file) && !isInUse(facts, file) && !used.has(file))
		.filter(file => keptOn(facts, [file]).length === 0)
		.map(file => ({file, own: isOwn(receipt, file, facts)}));
}

/** A leftover in words. */
export const leftOver = ({file, own}: Leftover): string =>
	own
		? t`${file} exists, and nothing uses it.`
		: t`${file} exists, but not as this operation made it: check whose it is.`;
