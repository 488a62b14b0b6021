/** Steps that are a job of libvirt or QEMU: what to ask about it while it runs, whether it can be broken off, and what that leaves. */
import type {Plan, Step} from '../model/plan.ts';
import {printable, t} from '../words/text.ts';

/** Commands of virsh; `abort` is null where libvirt cannot break the job off. */
type StepJob = {readonly questions: readonly (readonly string[])[]; readonly abort: readonly string[] | null};

/** Null where libvirt knows nothing of the step while it runs. */
export function stepJob(plan: Pick<Plan, 'domain' | 'expect'>, step: Pick<Step, 'argv'>): StepJob | null {
	const [command = '', ...words] = commandOf(step);
	const domain = `--domain=${plan.domain.uuid}`;
	switch (command) {
		case 'save':
		case 'managedsave':
		case 'snapshot-create-as': {
			const questions = [['domjobinfo', domain, '--rawstats']];
			// Of the snapshots only one with its memory in a file: `savevm` holds QEMU's monitor, and disks alone take no time.
			const memory = command !== 'snapshot-create-as' || words.some(word => word.startsWith('--memspec='));
			return {questions, abort: memory ? ['domjobabort', domain] : null};
		}

		case 'blockcommit': {
			const disk = words.find(word => word.startsWith('--path='))!;
			return {questions: [['blockjob', domain, disk, '--raw']], abort: ['blockjob', domain, disk, '--abort']};
		}

		case 'snapshot-delete': {
			const targets = plan.expect.flatMap(expectation => (expectation.kind === 'source' ? [expectation.target] : []));
			if (targets.length === 0 || words.includes('--metadata')) return null;
			const questions = targets.map(target => ['blockjob', domain, `--path=${target}`, '--raw']);
			// Its block jobs are libvirt's own: `domjobabort` exits 0 and does nothing, `blockjob --abort` waits until it is done (9.0).
			return {questions, abort: null};
		}

		default:
			return null;
	}
}

/** virsh's own command and its words; empty for other programs. */
export function commandOf({argv}: Pick<Step, 'argv'>): readonly string[] {
	const [program, ...words] = argv;
	if (program !== 'virsh') return [];
	return words[0] === '-c' ? words.slice(2) : words;
}

/**
 * What a cancel does. breaks-off: the step ends at once. before-next: it goes on to its end, and nothing behind it begins.
 * too-late: it is the last one, and goes on to its end.
 */
export type Stop = 'breaks-off' | 'before-next' | 'too-late';

/** What a cancel does while the step at `index` runs. */
export function stopAt(plan: Pick<Plan, 'domain' | 'expect' | 'steps'>, index: number): Stop {
	const step = plan.steps[index];
	if (step && stepJob(plan, step)?.abort) return 'breaks-off';
	return index < plan.steps.length - 1 ? 'before-next' : 'too-late';
}

/** What a merge leaves that did not come to its end, in a sentence; null for other steps. */
export function halfMerged({tag, domain}: Pick<Plan, 'tag' | 'domain'>, step: Pick<Step, 'argv'>): string | null {
	const {argv} = step;
	const merge = commandOf(step)[0] === 'blockcommit' || (argv[0] === 'qemu-img' && argv[1] === 'commit');
	if (!merge) return null;
	const snapshot = tag === null ? 'the snapshot' : printable(tag);
	return t`The base may have taken in part of the overlay: ${domain.name} reads the same as before, but ${snapshot} is no way back any more.`;
}
