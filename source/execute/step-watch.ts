/** How far a step is, asked from libvirt beside it, and breaking it off where libvirt can. */
import type {Plan, Step} from '../core/plan.ts';
import type {Progress} from '../core/receipt.ts';
import {ask, type Libvirt} from '../libvirt/virsh.ts';

const pollMilliseconds = 500;

/** Commands that are one job of the domain (`virsh domjobinfo`), and can be broken off as one (`virsh domjobabort`). */
const domainJobs = ['snapshot-create-as', 'save', 'managedsave', 'dump'];
/** Commands that are a block job on each disk. */
const blockJobs = ['blockcommit', 'snapshot-delete'];

/** What can be asked about a step while it runs, and said to end it; null where libvirt knows nothing of it. */
export type StepJob = {readonly questions: readonly (readonly string[])[]; readonly abort: readonly string[] | null};

export function stepJob(plan: Pick<Plan, 'domain' | 'expect'>, {argv}: Pick<Step, 'argv'>): StepJob | null {
	const domain = `--domain=${plan.domain.uuid}`;
	if (argv.some(word => domainJobs.includes(word))) {
		return {questions: [['domjobinfo', domain, '--rawstats']], abort: ['domjobabort', domain]};
	}

	if (!argv.some(word => blockJobs.includes(word))) return null;
	const named = argv.find(word => word.startsWith('--path='));
	const targets = named
		? [named]
		: plan.expect.flatMap(expectation => (expectation.kind === 'source' ? [`--path=${expectation.target}`] : []));
	const abort = named ? ['blockjob', domain, named, '--abort'] : null;
	return targets.length === 0 ? null : {questions: targets.map(path => ['blockjob', domain, path, '--raw']), abort};
}

/** Look at a running step now and then; the answer ends it. */
export function watchStep(
	libvirt: Libvirt,
	plan: Plan,
	step: Step,
	report: (progress: Progress) => void,
	cancelled: () => Promise<boolean>,
): () => void {
	const job = stepJob(plan, step);
	if (job === null) return () => {};
	const {questions} = job;
	let {abort} = job;
	let over = false;
	let timer: NodeJS.Timeout;

	async function look(): Promise<void> {
		if (abort !== null && (await cancelled())) {
			const command = abort;
			abort = null;
			await ask(libvirt, [command]);
		}

		const answers = await ask(libvirt, questions);
		const progress = sum(answers.map(answer => (answer.failed ? null : parseProgress(answer.stdout))));
		if (progress !== null && !over) report(progress);
	}

	function later(): void {
		timer = setTimeout(() => {
			// What cannot be asked is not shown; the step itself will say what is wrong.
			look()
				.catch(() => undefined)
				.finally(() => {
					if (!over) later();
				});
		}, pollMilliseconds);
	}

	later();
	return () => {
		over = true;
		clearTimeout(timer);
	};
}

/** `virsh domjobinfo --rawstats` (data_processed, data_total) or `virsh blockjob --raw` (cur=, end=); null where neither says so. */
export function parseProgress(text: string): Progress | null {
	const done = /^data_processed\s*[:=]\s*(\d+)/m.exec(text) ?? /\bcur=(\d+)/.exec(text);
	const total = /^data_total\s*[:=]\s*(\d+)/m.exec(text) ?? /\bend=(\d+)/.exec(text);
	if (!done || !total || Number(total[1]) === 0) return null;
	return {doneBytes: Number(done[1]), totalBytes: Number(total[1])};
}

function sum(parts: readonly (Progress | null)[]): Progress | null {
	const known = parts.filter(part => part !== null);
	if (known.length === 0) return null;
	return {
		doneBytes: known.reduce((bytes, part) => bytes + part.doneBytes, 0),
		totalBytes: known.reduce((bytes, part) => bytes + part.totalBytes, 0),
	};
}
