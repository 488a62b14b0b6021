/** Plans that discard saved memory. */

import type {Facts} from '../model/facts.ts';
import type {DropIntent} from '../model/intent.ts';
import type {Outcome} from '../model/plan.ts';
import {type Refusal, refuse} from '../model/refusal.ts';
import {noPause} from '../planning/pause.ts';
import {planOf} from '../planning/plan-of.ts';
import {byDelete} from '../steps/hints.ts';
import {addressOf} from '../steps/on-domain.ts';
import {removeStep} from '../steps/shared-steps.ts';
import {step} from '../steps/step.ts';
import {remedy} from '../words/remedy.ts';
import {t} from '../words/text.ts';
import {imageOf, nothingSaved, notItsMemory} from './saved-memory.ts';

/** `virsh managedsave-remove`, or the file's removal: the disks stay as they are, as after a power cut. */
export function dropPlan(facts: Facts, {file}: DropIntent): Outcome {
	const {domain} = facts;
	const refusal = file === undefined ? managedRefusal(facts) : fileRefusal(facts, file);
	if (refusal) return {refusal};
	const plan = planOf(facts, {
		verb: 'drop',
		method: 'memory',
		why: 'The disks stay as they are; the saved memory is deleted.',
		pause: noPause(facts.domain),
		steps: [
			file === undefined
				? step({kind: 'drop-managed-save', on: addressOf(facts)}, {title: 'Discard the managed save'})
				: removeStep(file),
		],
		losses: [
			'The saved memory: everything that was running, and data that the guest had not written to its disks yet.',
		],
		confirm: domain.name,
		expect: file === undefined ? [{kind: 'state', state: 'shut off'}] : [{kind: 'file', file, present: false}],
		...(file === undefined ? {} : {file}),
	});
	return {plan};
}

function managedRefusal(facts: Facts): Refusal | null {
	return facts.domain.managedSave ? null : nothingSaved(facts, 'drop');
}

function fileRefusal(facts: Facts, file: string): Refusal | null {
	if (!imageOf(facts, file)) return notItsMemory(facts, file);
	const owner = facts.domain.snapshots.find(snapshot => snapshot.memoryFile === file);
	if (!owner) return null;
	return refuse(
		'method-mismatch',
		t`${file} is the memory of snapshot ${owner.tag}.`,
		remedy`Delete ${owner.tag} ${byDelete(facts.domain, owner.tag)}: that deletes its memory file too.`,
	);
}
