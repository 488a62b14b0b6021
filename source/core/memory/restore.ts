/** Plans that go on from saved memory. */

import type {Does} from '../model/does.ts';
import {activeFile, type Facts, isActive, writableDisks} from '../model/domain.ts';
import type {RestoreIntent} from '../model/intent.ts';
import type {Outcome} from '../model/plan.ts';
import type {Refusal} from '../model/refusal.ts';
import type {Change, Step} from '../model/step.ts';
import {dependantsRefusal} from '../snapshots/dependants.ts';
import {hint} from '../steps/hints.ts';
import {addressOf} from '../steps/on-domain.ts';
import {step} from '../steps/step.ts';
import {enumerate, formatDate, printable, t} from '../words/text.ts';
import {type Draft, imageOf, nothingSaved, notItsMemory, planOf} from './parts.ts';

/** `virsh restore FILE`, or a start that goes on from the managed save. */
export function restorePlan(facts: Facts, {file, afterwards}: RestoreIntent): Outcome {
	const refusal = restoreRefusal(facts, file);
	if (refusal) return {refusal};
	return planOf(facts, {
		verb: 'restore',
		pause: 'none: it is shut off',
		wayBack: 'Save it again (m), or shut it down (x).',
		expect: [afterwards ? {kind: 'state', state: afterwards} : {kind: 'state', state: 'running', or: 'paused'}],
		...(file === undefined ? fromManagedSave(facts, afterwards) : fromFile(facts, file, afterwards)),
	});
}

type Afterwards = RestoreIntent['afterwards'];

function fromManagedSave(facts: Facts, afterwards: Afterwards): Pick<Draft, 'why' | 'steps'> {
	const does = {kind: 'power', on: addressOf(facts), verb: 'start', paused: afterwards === 'paused'} as const;
	return {
		why: 'Its memory is in a managed save: a start goes on from it.',
		steps: [restoreStep(facts, does, [{sign: '-', what: 'the managed save, once it is loaded'}])],
	};
}

function fromFile(
	facts: Facts,
	file: string,
	afterwards: Afterwards,
): Pick<Draft, 'why' | 'steps' | 'warnings' | 'file'> {
	const on = addressOf(facts);
	const does = {kind: 'restore', on, file, afterwards: afterwards ?? null, changed: false} as const;
	return {
		why: `Its memory of ${formatDate(facts.saveImages[file]!.writtenAt)} is in the file, and its disks are as they were then.`,
		steps: [restoreStep(facts, does)],
		warnings: [t`${file} stays on disk. Once the domain has written to its disks it must not be restored again.`],
		file,
	};
}

function restoreStep({domain}: Facts, does: Does, more: readonly Change[] = []): Step {
	const name = printable(domain.name);
	return step(does, {
		title: `Restore ${name}`,
		changes: [{sign: '~', what: `${name} goes on where it was`}, ...more],
	});
}

function restoreRefusal(facts: Facts, file: string | undefined): Refusal | null {
	const {domain, host} = facts;
	if (isActive(domain)) {
		return {
			code: 'wrong-state',
			reason: `The domain is ${domain.state}; memory is loaded into one that is off.`,
			remedy: `Shut it down first: ${hint(host, 'shutdown', domain)}.`,
		};
	}
	const images = dependantsRefusal(
		facts,
		writableDisks(domain)
			.filter(disk => !disk.shareable)
			.map(activeFile),
	);
	if (file === undefined) return domain.managedSave ? images : nothingSaved(facts, 'restore');
	if (domain.managedSave) {
		return {
			code: 'saved-memory',
			reason: 'There is a managed save too, newer or older than the file: libvirt would drop it without a word.',
			remedy: `Go on from that (s), or drop it first: ${hint(host, 'managedsave-remove', domain)}.`,
		};
	}
	return imageRefusal(facts, file) ?? images;
}

/** libvirt takes no lock on disks whose memory is saved: nothing but a look at the files tells whether the two still belong together. */
function imageRefusal(facts: Facts, file: string): Refusal | null {
	const image = imageOf(facts, file);
	if (!image) return notItsMemory(facts, file);
	const then = new Map(image.sources.map(({target, source}) => [target, source]));
	const moved = writableDisks(facts.domain).filter(disk => then.get(disk.target) !== disk.source);
	const remedy = 'Start the domain without it (s), or bring the disks back to that time first.';
	if (moved.length > 0) {
		return {
			code: 'disks-changed',
			reason: `Since the memory was saved ${enumerate(moved.map(disk => disk.target))} got another source: the guest would go on with other disk contents.`,
			remedy,
		};
	}
	if (image.changedSince.length === 0) return null;
	return {
		code: 'disks-changed',
		reason: t`${enumerate(image.changedSince.map(printable))} was written to after the memory was saved: the guest would go on with other disk contents and ruin its file systems.`,
		remedy,
	};
}
