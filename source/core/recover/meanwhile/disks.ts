/** What somebody else has done while an operation was under way: it is finished without the disks that they have changed. */
import type {Disk} from '../../model/disk.ts';
import type {Domain} from '../../model/domain.ts';
import type {Facts} from '../../model/facts.ts';
import type {Expectation, Plan} from '../../model/plan.ts';
import type {Step} from '../../model/step.ts';
import {sourcesOf} from '../../planning/sources.ts';
import {step} from '../../steps/step.ts';
import {enumerate, printable, t} from '../../words/text.ts';

/** What is left of the plan, and what else there is to know. */
type Remainder = {
	readonly plan: Plan;
	/** Targets of the disks that are somebody else's business now. */
	readonly taken: readonly string[];
	/** One sentence for those that were detached, one for each other; empty where all are as the plan left them. */
	readonly words: readonly string[];
};

/**
 * The plan without the disks that others have changed: nothing defines them anew, and nobody can ask any more of them. Where they have
 * taken a snapshot on top, theirs is the current one.
 */
export function withoutTaken(written: Plan, {domain}: Pick<Facts, 'domain'>): Remainder {
	const overtaken = (one: Expectation) => one.kind === 'current' && isOvertaken(one.tag, written, domain);
	const plan = {...written, expect: written.expect.filter(one => !overtaken(one))};
	const targets = sourcesOf(plan).flatMap(({target}) => (plan.basis[t`disk ${target}`] === undefined ? [] : [target]));
	const byTarget = (target: string) => domain.disks.find(disk => disk.target === target);
	const detached = targets.filter(target => byTarget(target) === undefined);
	const edited = targets.flatMap(target => byTarget(target) ?? []).filter(disk => isForeign(disk, plan));
	const taken = [...detached, ...edited.map(({target}) => target)];
	if (taken.length === 0) return {plan, taken, words: []};
	const words = [
		...(detached.length > 0
			? [t`Detached meanwhile, so left out: ${enumerate(detached)}. Attach it with the image that it is to have.`]
			: []),
		...edited.map(
			({target, source}) => t`${target} was put on ${source ?? 'nothing'} meanwhile, so it stays as it is.`,
		),
	];
	return {
		plan: {
			...plan,
			steps: plan.steps.map(one => withoutDisks(one, taken)),
			expect: plan.expect.flatMap((one): Expectation[] => {
				if (one.kind === 'source') return taken.includes(one.target) ? [] : [one];
				return one.kind === 'snapshot' ? [{...one, health: [...one.health, 'partial']}] : [one];
			}),
			warnings: [...plan.warnings, ...words],
		},
		taken,
		words,
	};
}

/** The current snapshot came since, and this one was the current one when it was taken. */
function isOvertaken(tag: string, {basis}: Plan, {snapshots}: Pick<Domain, 'snapshots'>): boolean {
	const current = snapshots.find(one => one.current);
	return current?.parent === tag && basis[t`snapshot ${current.tag}`] === undefined;
}

/** It runs neither on what the plan wants nor on what it ran on before, and on nothing that was put on top of these. */
function isForeign({target, source, chain}: Disk, plan: Plan): boolean {
	const before = plan.basis[t`disk ${target}`] ?? '';
	const wanted = sourcesOf(plan).flatMap(one => (one.target === target ? [one.file] : []));
	const files = [source, ...chain.map(({file}) => file)].filter(file => file !== null);
	return !files.some(file => wanted.includes(file) || ` ${before} `.includes(` ${printable(file)} `));
}

function withoutDisks(one: Step, taken: readonly string[]): Step {
	if (one.does.kind !== 'define') return one;
	const stay = ({target}: {readonly target: string}) => !taken.includes(target);
	const does = {...one.does, disks: one.does.disks.filter(stay), before: one.does.before.filter(stay)};
	const {title, input, undoInput} = one;
	return step(does, {
		title,
		...(input === undefined ? {} : {input}),
		...(undoInput === undefined ? {} : {undoInput}),
		stays: one.undo === null,
	});
}
