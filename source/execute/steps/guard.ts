/** What is looked at right before each step: nobody else may have come in between. */
import {isActive} from '../../core/model/domain.ts';
import type {Facts} from '../../core/model/facts.ts';
import type {Plan} from '../../core/model/plan.ts';
import type {Step} from '../../core/model/step.ts';
import {basisOf} from '../../core/planning/basis.ts';
import {foreignChanges} from '../../core/planning/foreign-changes.ts';
import {absentBefore, isGuarded, makes, reachOf, removes, usesOf, writesImages} from '../../core/steps/step.ts';
import type {Reach} from '../../core/steps/step-kind.ts';
import {t} from '../../core/words/text.ts';
import {messageOf} from '../error-words.ts';
import type {ExecutorSurroundings} from '../surroundings.ts';

type Looked = {
	/** One sentence for each thing that is not as it has to be; empty where the step may run. */
	readonly findings: readonly string[];
	/** As they are right before the step, or were right before the last one that the domain was looked at for. */
	readonly facts: Facts;
};

type Guard = {
	/** Look before a step. `made`: what earlier ones have made. Never rejects: what cannot be looked at is a finding. */
	before(step: Step, made: Readonly<Record<string, string>>): Promise<Looked>;
	/** The step was run: what it may change is no finding before the next. Never rejects. */
	after(step: Step): Promise<void>;
};

/** `first`: the facts that the plan was held against, read just now. */
export function createGuard({files = {}, steps}: Plan, first: Facts, surroundings: ExecutorSurroundings): Guard {
	let facts = first;
	let reaches: Reach[] | null = null;
	const writes = watchWrites(steps.flatMap(usesOf), surroundings);

	async function lookAtDomain(): Promise<string[]> {
		try {
			const now = await surroundings.factsAfter();
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
			const written = isActive(facts.domain) ? [] : await writes.findings();
			return {
				findings: [...domain, ...written, ...(await lookAtFiles(step, {...files, ...made}, surroundings))],
				facts,
			};
		},
		async after(step) {
			reaches = [...(reaches ?? []), reachOf(step)];
			await writes.forget(mayWriteAll(step) ? null : [...writesImages(step), ...makes(step), ...removes(step)]);
		},
	};
}

type Writes = {
	/** One sentence for each image that was written to since the last look; those seen for the first time have none. */
	findings(): Promise<string[]>;
	/** These were written to by a step of the plan, or null: all of them. */
	forget(files: readonly string[] | null): Promise<void>;
};

/** A domain that was started and stopped between two looks leaves no other trace than what it wrote to its images. */
function watchWrites(files: readonly string[], {writtenAt}: ExecutorSurroundings): Writes {
	const known = new Map<string, string>();
	const look = async (wanted: readonly string[], compare: boolean) => {
		const findings: string[] = [];
		for (const file of writtenAt === null ? [] : new Set(wanted)) {
			const before = known.get(file);
			const now = await writtenAt?.(file);
			if (compare && before && now && now !== before) findings.push(t`${file} was written to meanwhile.`);
			if (now) known.set(file, now);
		}
		return findings;
	};
	return {
		findings: () => look(files, true),
		async forget(own) {
			await look(own === null ? files : files.filter(file => own.includes(file)), false);
		},
	};
}

/** libvirt itself, or QEMU, may write to any image of the domain. */
function mayWriteAll(step: Step): boolean {
	const {state, disks} = reachOf(step);
	return state === true || (disks === 'all' && writesImages(step).length === 0);
}

/** Names that are taken by now, and files that are others by now. What cannot be looked at from here, the step's own command says. */
async function lookAtFiles(
	step: Step,
	known: Readonly<Record<string, string>>,
	{identify}: ExecutorSurroundings,
): Promise<string[]> {
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
