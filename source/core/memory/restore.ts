/** Plans that resume a domain from saved memory. */

import type {Does} from '../model/does.ts';
import {isActive} from '../model/domain.ts';
import type {Facts} from '../model/facts.ts';
import type {RestoreIntent} from '../model/intent.ts';
import type {Outcome, Plan} from '../model/plan.ts';
import {type Refusal, refuse} from '../model/refusal.ts';
import type {Change, Step} from '../model/step.ts';
import {planOf} from '../planning/plan-of.ts';
import {savedDefinitionRefusal} from '../revert/recorded.ts';
import {dependantsRefusal, filesWritten} from '../snapshots/dependants.ts';
import {keptWarnings, recordedBaseRefusal} from '../snapshots/kept.ts';
import {byVirsh, byVirsnap} from '../steps/hints.ts';
import {addressOf} from '../steps/on-domain.ts';
import {step} from '../steps/step.ts';
import {remedy} from '../words/remedy.ts';
import {formatDate, printable, t} from '../words/text.ts';
import {
	changedReason,
	changedUnderSaveRefusal,
	imageOf,
	nothingSaved,
	notItsMemory,
	spoiledMemory,
} from './saved-memory.ts';

/** `virsh restore FILE`, or a start that resumes from the managed save. */
export function restorePlan(facts: Facts, {file, afterwards}: RestoreIntent): Outcome {
	const {domain, host} = facts;
	const refusal = restoreRefusal(facts, file);
	if (refusal) return {refusal};
	const plan = planOf(facts, {
		verb: 'restore',
		method: 'memory',
		pause: 'none: it is shut off',
		wayBack: remedy`Save it again ${byVirsnap(['save', domain.name], 'memory')}, or shut it down ${byVirsh(host, 'shutdown', domain)}.`,
		expect: [afterwards ? {kind: 'state', state: afterwards} : {kind: 'state', state: 'running', or: 'paused'}],
		...(file === undefined ? fromManagedSave(facts, afterwards) : fromFile(facts, file, afterwards)),
	});
	return {plan};
}

type Afterwards = RestoreIntent['afterwards'];

function fromManagedSave(facts: Facts, afterwards: Afterwards): Pick<Plan, 'why' | 'steps' | 'warnings'> {
	const does = {kind: 'power', on: addressOf(facts), verb: 'start', paused: afterwards === 'paused'} as const;
	return {
		why: 'Its memory is in a managed save: a start resumes from it.',
		steps: [restoreStep(facts, does, [{sign: '-', what: 'the managed save, once it is loaded'}])],
		warnings: [...keptWarnings(facts, filesWritten(facts.domain)), ...spoiledMemory(facts)],
	};
}

function fromFile(
	facts: Facts,
	file: string,
	afterwards: Afterwards,
): Pick<Plan, 'why' | 'steps' | 'warnings' | 'file'> {
	const on = addressOf(facts);
	const does = {kind: 'restore', on, file, afterwards: afterwards ?? null, changed: false} as const;
	return {
		why: `Its memory of ${formatDate(facts.saveImages[file]!.writtenAt)} is in the file, and by the times of their files its disks were not written to since.`,
		steps: [restoreStep(facts, does)],
		warnings: [
			t`${file} stays on disk. Do not restore it again after the domain has written to its disks.`,
			...keptWarnings(facts, filesWritten(facts.domain)),
			...spoiledMemory(facts, file),
		],
		file,
	};
}

function restoreStep({domain}: Facts, does: Does, more: readonly Change[] = []): Step {
	const name = printable(domain.name);
	return step(does, {
		title: `Restore ${name}`,
		changes: [{sign: '~', what: `${name} resumes where it was`}, ...more],
	});
}

function restoreRefusal(facts: Facts, file: string | undefined): Refusal | null {
	const {domain, host} = facts;
	if (isActive(domain)) {
		return refuse(
			'wrong-state',
			`The domain is ${domain.state}; memory can be restored only while it is shut off.`,
			remedy`Shut it down first ${byVirsh(host, 'shutdown', domain)}.`,
		);
	}
	const written = filesWritten(domain);
	const images = dependantsRefusal(facts, written) ?? recordedBaseRefusal(facts, written);
	if (file === undefined)
		return domain.managedSave ? (changedUnderSaveRefusal(facts) ?? images) : nothingSaved(facts, 'restore');
	if (domain.managedSave) {
		return refuse(
			'saved-memory',
			'The domain also has a managed save; libvirt would silently discard it.',
			remedy`Resume from the managed save ${byVirsh(host, 'start', domain)}, or discard it first ${byVirsh(host, 'managedsave-remove', domain)}.`,
		);
	}
	return imageRefusal(facts, file) ?? savedDefinitionRefusal(facts, file) ?? images;
}

/** libvirt takes no lock on the disks of a domain whose memory is saved: only the files show whether both still belong together. */
function imageRefusal(facts: Facts, file: string): Refusal | null {
	const {domain, host} = facts;
	if (!imageOf(facts, file)) return notItsMemory(facts, file);
	const reason = changedReason(facts, file);
	if (reason === null) return null;
	return refuse(
		'disks-changed',
		reason,
		remedy`Start the domain without it ${byVirsh(host, 'start', domain)}, or revert its disks to that time first.`,
	);
}
