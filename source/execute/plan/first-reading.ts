/** The reading before the first step: whether a plan still stands, and what it needs that receipts do not keep. */

import {withSecrets} from '../../core/domain-xml/secrets.ts';
import type {Facts} from '../../core/model/facts.ts';
import type {Plan} from '../../core/model/plan.ts';
import type {Receipt} from '../../core/model/receipt.ts';
import type {Step} from '../../core/model/step.ts';
import {basisOf, changedBasis} from '../../core/planning/basis.ts';
import {messageOf} from '../error-words.ts';
import type {ExecutorSurroundings} from '../surroundings.ts';

type Ending = Pick<Receipt, 'findings' | 'message' | 'remedy'>;

/** The plan with its passwords and the facts it depends on; else why it may not run any more. Never rejects. */
export async function readFirst(
	plan: Plan,
	surroundings: ExecutorSurroundings,
): Promise<{readonly plan: Plan; readonly facts: Facts} | {readonly stale: Ending}> {
	const read = await factsFor(plan, surroundings);
	if ('stale' in read) return read;
	const filled = withPasswords(plan, read.facts);
	return filled === null ? {stale: passwordsMissing} : {plan: filled, facts: read.facts};
}

async function factsFor(plan: Plan, surroundings: ExecutorSurroundings): Promise<{facts: Facts} | {stale: Ending}> {
	try {
		const facts = await surroundings.facts();
		const findings = changedBasis(plan.basis, basisOf(facts));
		if (findings.length === 0) return {facts};
		const stale = {
			findings,
			message: 'Nothing was changed: the domain changed since the plan was made.',
			remedy: 'Make a new plan and check what is different.',
		};
		return {stale};
	} catch (error) {
		const words = messageOf(error);
		return {
			stale: {findings: [words], message: `Nothing was touched: ${words}`, remedy: surroundings.remedyFor(words)},
		};
	}
}

/** A plan read from a receipt holds no passwords: they come from the definition, or libvirt's record of the snapshot, as it is now. */
function withPasswords(plan: Plan, facts: Facts): Plan | null {
	const steps: Step[] = [];
	for (const step of plan.steps) {
		const present = writtenFrom(step, facts);
		const input = step.input === undefined ? undefined : withSecrets(step.input, present);
		const undoInput = step.undoInput === undefined ? undefined : withSecrets(step.undoInput, present);
		if (input === null || undoInput === null) return null;
		steps.push({...step, ...(input === undefined ? {} : {input}), ...(undoInput === undefined ? {} : {undoInput})});
	}
	return {...plan, steps};
}

function writtenFrom({does}: Step, {inactiveXml, snapshotXml}: Facts): string {
	if (does.kind === 'record-snapshot') return snapshotXml[does.from] ?? '';
	const ofSnapshot = does.kind === 'redefine-snapshot' || does.kind === 'forget-snapshot';
	return ofSnapshot ? (snapshotXml[does.tag] ?? '') : inactiveXml;
}

const passwordsMissing: Ending = {
	findings: [],
	message: 'Nothing was touched: the passwords in the definition of the domain changed since the plan was made.',
	remedy: 'Make a new plan.',
};
