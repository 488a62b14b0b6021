/** What is looked at right before each step: nobody else may have come in between. */
import type {Facts} from '../../core/model/domain.ts';
import type {Plan} from '../../core/model/plan.ts';
import type {Step} from '../../core/model/step.ts';
import {basisOf} from '../../core/planning/basis.ts';
import {foreignChanges} from '../../core/planning/foreign-changes.ts';
import {absentBefore, isGuarded, reachOf, usesOf} from '../../core/steps/step.ts';
import type {Reach} from '../../core/steps/step-kind.ts';
import {t} from '../../core/words/text.ts';
import {messageOf} from '../error-words.ts';
import type {World} from '../surroundings.ts';

type Looked = {
	/** One sentence for each thing that is not as it has to be; empty where the step may run. */
	readonly findings: readonly string[];
	/** As they are right before the step, or were right before the last one that the domain was looked at for. */
	readonly facts: Facts;
};

export type Guard = {
	/** Look before a step. `made`: what earlier ones have made. Never rejects: what cannot be looked at is a finding. */
	before(step: Step, made: Readonly<Record<string, string>>): Promise<Looked>;
	/** The step was run: what it may change is no finding before the next. */
	after(step: Step): void;
};

/** `first`: the facts that the plan was held against, read just now. */
export function createGuard({files = {}}: Plan, first: Facts, world: World): Guard {
	let facts = first;
	let reaches: Reach[] | null = null;

	async function lookAtDomain(): Promise<string[]> {
		try {
			const now = await world.factsAfter();
			const findings = foreignChanges(basisOf(facts), basisOf(now), reaches ?? []);
			if (findings.length > 0) return findings;
			facts = now;
			reaches = [];
			return [];
		} catch (error) {
			return [messageOf(error)];
		}
	}

	return {
		async before(step, made) {
			// Before the first step all was read a moment ago.
			const domain = reaches === null || !isGuarded(step) ? [] : await lookAtDomain();
			return {findings: [...domain, ...(await lookAtFiles(step, {...files, ...made}, world))], facts};
		},
		after(step) {
			reaches = [...(reaches ?? []), reachOf(step)];
		},
	};
}

/** Names that are taken by now, and files that are others by now. What cannot be looked at from here, the step's own command says. */
async function lookAtFiles(step: Step, known: Readonly<Record<string, string>>, {identify}: World): Promise<string[]> {
	if (identify === null) return [];
	const findings: string[] = [];
	for (const file of absentBefore(step)) {
		if ((await identify(file)) !== null) findings.push(t`${file} exists now, but was to be a new file.`);
	}

	for (const file of usesOf(step)) {
		const found = known[file] === undefined ? null : await identify(file);
		if (found !== null && found !== known[file]) findings.push(t`${file} has been replaced by another file.`);
	}

	return findings;
}
