/** Plans that change what libvirt's record says of a snapshot; images and files stay as they are. */

import {recordedDescription, withRecordedDescription} from '../domain-xml/description.ts';
import type {Facts} from '../model/facts.ts';
import type {EditIntent} from '../model/intent.ts';
import type {Outcome} from '../model/plan.ts';
import {type Refusal, refuse} from '../model/refusal.ts';
import type {Snapshot} from '../model/snapshot.ts';
import type {Change, Step} from '../model/step.ts';
import {planOf} from '../planning/plan-of.ts';
import {jobRefusal} from '../planning/refusals/busy.ts';
import {findSnapshot} from '../snapshots/tag.ts';
import {byVirsnap} from '../steps/hints.ts';
import {addressOf} from '../steps/on-domain.ts';
import {step} from '../steps/step.ts';
import {option, remedy} from '../words/remedy.ts';
import {t} from '../words/text.ts';
import {descriptionRefusal} from './description.ts';

/** The plan that gives a snapshot another description, or none. */
export function editPlan(facts: Facts, {tag, description}: EditIntent): Outcome {
	const snapshot = findSnapshot(facts.domain, tag);
	if ('refusal' in snapshot) return snapshot;
	const refusal =
		recordRefusal(facts, snapshot) ??
		descriptionRefusal(description) ??
		sameRefusal(snapshot, description) ??
		jobRefusal(facts);
	if (refusal) return {refusal};
	const before = snapshot.description ?? '';
	const plan = planOf(facts, {
		verb: 'edit',
		tag,
		why: "The description stands in libvirt's record alone: only that is changed, and no image is touched.",
		steps: [describeStep(facts, snapshot, description)],
		expect: [{kind: 'snapshot', tag, health: [...new Set([snapshot.health, 'ok' as const])], description}],
		wayBack: remedy`Give it the description that it has now ${byVirsnap(['edit', facts.domain.name, tag, `--description=${before}`])}.`,
	});
	return {plan};
}

function recordRefusal({snapshotXml}: Facts, {tag, libvirt}: Snapshot): Refusal | null {
	if (libvirt && snapshotXml[tag] !== undefined) return null;
	return refuse(
		'unsupported',
		t`libvirt has no record of ${tag}, and nothing else holds a description.`,
		remedy`Take snapshots by one of libvirt's own methods to describe them (${option('--method')}), such as libvirt-internal.`,
	);
}

function sameRefusal({tag, description}: Snapshot, wanted: string): Refusal | null {
	if ((description ?? '') !== wanted) return null;
	return wanted === ''
		? refuse('unchanged', t`${tag} has no description.`, 'Give it one.')
		: refuse('unchanged', t`${tag} has this description already.`, 'Choose another text.');
}

/**
 * Without `--current`: libvirt leaves the current snapshot as it is when one is redefined, and with it libvirt 9.9 and newer forget
 * the files that a revert made (`<revertDisks>`; qemuSnapshotRedefine).
 */
function describeStep(facts: Facts, snapshot: Snapshot, description: string): Step {
	const {tag} = snapshot;
	const recorded = facts.snapshotXml[tag]!;
	return step(
		{kind: 'redefine-snapshot', on: addressOf(facts), tag, current: false},
		{
			title: description === '' ? t`Remove the description of ${tag}` : t`Change the description of ${tag}`,
			changes: [
				...(snapshot.description ? [described('-', snapshot.description)] : []),
				...(description === '' ? [] : [described('+', description)]),
			],
			input: withRecordedDescription(recorded, description),
			undoInput: recorded,
		},
	);
}

const described = (sign: Change['sign'], text: string): Change => ({sign, what: t`description: ${text}`});

/** The description that the snapshot had before a plan that edited it, empty for none. */
export function descriptionBefore(steps: readonly Step[]): string {
	return recordedDescription(steps[0]?.undoInput ?? '') ?? '';
}
