/** Going back to a snapshot that holds memory only (`--memspec`, every disk `snapshot=no`): the disks have to be as they were then. */

import {changedReason, imageOf} from '../memory/saved-memory.ts';
import {isActive} from '../model/domain.ts';
import type {Facts} from '../model/facts.ts';
import type {RevertIntent} from '../model/intent.ts';
import {type Refusal, refuse} from '../model/refusal.ts';
import type {Snapshot} from '../model/snapshot.ts';
import {byDelete, byVirsh} from '../steps/hints.ts';
import {addressOf} from '../steps/on-domain.ts';
import {step} from '../steps/step.ts';
import {remedy} from '../words/remedy.ts';
import {t} from '../words/text.ts';
import {savedDefinitionRefusal} from './recorded.ts';
import {currentStep, memoryChange, type RevertDraft, stateAfter} from './revert-step.ts';

/** `virsh restore` of its file, while the disks have not changed since. */
export function memoryRevert(facts: Facts, snapshot: Snapshot, intent: RevertIntent): RevertDraft | {refusal: Refusal} {
	const file = snapshot.memoryFile;
	const refusal = memoryRefusal(facts, snapshot) ?? savedDefinitionRefusal(facts, file!);
	if (refusal) return {refusal};
	const afterwards = intent.afterwards ?? (snapshot.state === 'paused' ? 'paused' : 'running');
	return {
		method: 'memory',
		why: 'It holds memory only, and by the times of their files the disks were not written to since.',
		pause: 'none: it is shut off',
		steps: [
			step(
				{kind: 'restore', on: addressOf(facts), file: file!, afterwards, changed: false},
				{
					title: t`Load the memory of ${snapshot.tag}`,
					changes: [...memoryChange(snapshot), {sign: '~', what: `the domain is ${afterwards}`}],
				},
			),
			currentStep(facts, snapshot),
		],
		losses: [],
		warnings: [t`Once the domain has written to its disks, ${snapshot.tag} can no longer be reverted to.`],
		wayBack: remedy`Force it off again ${byVirsh(facts.host, 'destroy', facts.domain)}: its disks stay as they are then.`,
		onFailure: 'stop',
		expect: [
			{kind: 'state', state: intent.afterwards ?? stateAfter(snapshot)},
			{kind: 'current', tag: snapshot.tag},
		],
	};
}

/** What has changed is said before how to get there: a guest that is shut down writes to its disks. */
function memoryRefusal(facts: Facts, snapshot: Snapshot): Refusal | null {
	const {domain, host} = facts;
	const file = snapshot.memoryFile;
	const next = remedy`Delete ${snapshot.tag} ${byDelete(domain, snapshot.tag)}, and take one with disks and memory next time.`;
	if (file === null || !imageOf(facts, file))
		return refuse('unhealthy', t`libvirt cannot read the memory in ${file ?? 'its file'}.`, next);
	const changed = changedReason(facts, file);
	if (changed !== null) return refuse('disks-changed', `It holds memory only. ${changed}`, next);
	if (!isActive(domain)) return null;
	return refuse(
		'wrong-state',
		'It holds memory only, which can be loaded only while the domain is shut off with its disks as they are now.',
		remedy`Force it off, so that the guest writes nothing more ${byVirsh(host, 'destroy', domain)}.`,
	);
}
