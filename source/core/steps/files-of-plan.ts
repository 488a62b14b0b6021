/** The very files that a plan is about, so that another one of the same name is not taken for it. */
import type {Facts} from '../model/facts.ts';
import type {Outcome} from '../model/plan.ts';
import {usesOf} from './step.ts';

/** The same outcome, with the device and inode of each file that its steps write to, remove or depend on, as far as they are known. */
export function withFiles({identities}: Pick<Facts, 'identities'>, outcome: Outcome): Outcome {
	if ('refusal' in outcome) return outcome;
	const used = [...new Set(outcome.plan.steps.flatMap(usesOf))];
	const files = Object.fromEntries(used.flatMap(file => (identities[file] ? [[file, identities[file].id]] : [])));
	return {plan: {...outcome.plan, files}};
}
