/** The files that disks run on when a plan is done. */
import type {Facts} from '../model/domain.ts';
import type {Expectation, Plan} from '../model/plan.ts';

export type Source = Extract<Expectation, {kind: 'source'}>;

/** Those that the plan promises. */
export function sourcesOf(plan: Pick<Plan, 'expect'>): Source[] {
	return plan.expect.filter(expectation => expectation.kind === 'source');
}

/** Whether the disk runs on the file that it was to run on. */
export function runsOn({domain}: Pick<Facts, 'domain'>, {target, file}: Source): boolean {
	return domain.disks.some(disk => disk.target === target && disk.source === file);
}
