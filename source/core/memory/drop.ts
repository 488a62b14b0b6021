/** Plans that throw saved memory away. */

import type {Facts} from '../model/domain.ts';
import type {DropIntent} from '../model/intent.ts';
import type {Outcome} from '../model/plan.ts';
import type {Refusal} from '../model/refusal.ts';
import {addressOf} from '../steps/on-domain.ts';
import {removeStep} from '../steps/shared-steps.ts';
import {step} from '../steps/step.ts';
import {t} from '../words/text.ts';
import {imageOf, nothingSaved, notItsMemory, planOf} from './parts.ts';

/** `virsh managedsave-remove`, or the file's removal: the disks stay as they are, as after a power cut. */
export function dropPlan(facts: Facts, {file}: DropIntent): Outcome {
	const {domain} = facts;
	const refusal = file === undefined ? managedRefusal(facts) : fileRefusal(facts, file);
	if (refusal) return {refusal};
	return planOf(facts, {
		verb: 'drop',
		why: 'The disks stay as they are; what was in memory only is given up.',
		pause: 'none: it is shut off',
		steps: [
			file === undefined
				? step({kind: 'drop-managed-save', on: addressOf(facts)}, {title: 'Drop the managed save'})
				: removeStep(file),
		],
		losses: ['The saved memory: what ran, and what the guest had not written to its disks yet.'],
		confirm: domain.name,
		expect: file === undefined ? [{kind: 'state', state: 'shut off'}] : [{kind: 'file', file, present: false}],
		...(file === undefined ? {} : {file}),
	});
}

function managedRefusal(facts: Facts): Refusal | null {
	return facts.domain.managedSave ? null : nothingSaved(facts, 'drop');
}

function fileRefusal(facts: Facts, file: string): Refusal | null {
	if (!imageOf(facts, file)) return notItsMemory(facts, file);
	const owner = facts.domain.snapshots.find(snapshot => snapshot.memoryFile === file);
	if (!owner) return null;
	return {
		code: 'method-mismatch',
		reason: t`${file} is the memory of snapshot ${owner.tag}.`,
		remedy: t`Delete ${owner.tag} (d): its memory file goes along.`,
	};
}
