/** The files that a plan is about: to be looked for when it did not come to its end. */
import type {Facts} from '../model/domain.ts';
import type {Plan} from '../model/plan.ts';
import {fileExists, isInUse} from '../planning/files.ts';
import {makes, removes} from '../steps/step.ts';
import {t} from '../words/text.ts';

/** Absolute paths of all files that a plan makes, moves to, removes or promises; some may be named twice. */
export function filesOf(plan: Plan): string[] {
	return [
		...plan.steps.flatMap(makes),
		...plan.steps.flatMap(removes),
		...plan.expect.flatMap(one => ('file' in one ? [one.file] : [])),
		...(plan.file === undefined ? [] : [plan.file]),
	];
}

/** Files that only this plan can have made, since it was refused where they were there before, and that nothing stands on. */
export function leftoverFiles(
	plan: Plan,
	facts: Pick<Facts, 'domain' | 'domains' | 'directories' | 'aliases'>,
): string[] {
	const used = new Set(
		facts.domain.snapshots.flatMap(({memoryFile, disks}) => [memoryFile, ...disks.map(({file}) => file)]),
	);
	return [...new Set(plan.steps.flatMap(makes))].filter(
		file => fileExists(facts, file) && !isInUse(facts, file) && !used.has(file),
	);
}

/** A leftover in words. */
export const leftOver = (file: string): string => t`${file} is there, and nothing uses it.`;
