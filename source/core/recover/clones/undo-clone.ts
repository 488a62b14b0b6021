/** Undo of a clone: the new domain goes, with the files made for it; its base stays as it is. */

import {activeFile} from '../../model/disk.ts';
import {type Domain, isActive, writableDisks} from '../../model/domain.ts';
import type {Facts} from '../../model/facts.ts';
import type {Outcome, Plan} from '../../model/plan.ts';
import {type Refusal, refuse} from '../../model/refusal.ts';
import type {Snapshot} from '../../model/snapshot.ts';
import type {Step} from '../../model/step.ts';
import {basisOf} from '../../planning/basis.ts';
import {fileExists} from '../../planning/files.ts';
import {dependantsOf} from '../../snapshots/dependants.ts';
import {keptRefusal} from '../../snapshots/kept.ts';
import {byVirsh} from '../../steps/hints.ts';
import {removeStep} from '../../steps/shared-steps.ts';
import {madeFile, step} from '../../steps/step.ts';
import {remedy} from '../../words/remedy.ts';
import {enumerate, printable, t} from '../../words/text.ts';
import {isOwn, type Told} from '../ownership.ts';

/** Take away what of this clone is there: all of it, or what a clone that was interrupted left. `facts` are those of the base. */
export function cloneBack(receipt: Told, facts: Facts): Outcome {
	const {plan} = receipt;
	const uuid = plan.steps.flatMap(({does}) => (does.kind === 'define-new' ? [does.on.uuid] : []))[0];
	const clone = facts.domains.find(domain => domain.uuid === uuid) ?? null;
	const made = plan.steps.flatMap(step => madeFile(step) ?? []);
	const files = [...new Set(made)].filter(file => fileExists(facts, file) && isOwn(receipt, file, facts));
	if (clone === null && files.length === 0) return {refusal: nothingThere};
	const refusal = (clone && cloneRefusal(facts, clone, made)) ?? usedRefusal(facts, uuid, files);
	if (refusal) return {refusal};
	const rest = files.filter(file => file !== clone?.firmware.nvram?.file);
	return {
		plan: {
			...withoutSpace(plan),
			why: t`Removes the definition and the files of the clone; ${plan.domain.name} stays as it is.`,
			consistency: null,
			pause: 'none',
			steps: [...(clone ? [undefineStep(facts, clone)] : []), ...rest.map(removeStep)],
			losses: clone ? [t`${clone.name}: its definition, and what it wrote to its disks.`] : [],
			warnings: [],
			wayBack: '',
			onFailure: 'stop',
			confirm: clone?.name ?? null,
			basis: basisOf(facts),
			expect: [
				...(clone ? [{kind: 'no-domain', name: clone.name, uuid: clone.uuid} as const] : []),
				...files.map(file => ({kind: 'file', file, present: false}) as const),
			],
		},
	};
}

const withoutSpace = ({space: _, ...plan}: Plan): Plan => plan;

const nothingThere: Refusal = refuse('not-found', 'The clone no longer exists.', 'Nothing to do.');

/** libvirt undefines no domain that has an NVRAM without being told what to do with it. */
function undefineStep({host}: Facts, clone: Domain): Step {
	const nvram = clone.firmware.nvram?.file;
	return step(
		{
			kind: 'undefine',
			on: {uri: host.uri, uuid: clone.uuid},
			nvram: clone.firmware.kind === 'uefi' ? 'remove' : null,
		},
		{
			title: t`Undefine ${clone.name}`,
			changes: [
				{sign: '-', what: t`domain ${clone.name}`},
				...(nvram ? [{sign: '-', what: printable(nvram)} as const] : []),
			],
		},
	);
}

function cloneRefusal({host}: Facts, clone: Domain, made: readonly string[]): Refusal | null {
	const name = printable(clone.name);
	if (isActive(clone)) {
		return refuse(
			'wrong-state',
			`${name} is ${clone.state}.`,
			remedy`Shut it down first ${byVirsh(host, 'shutdown', clone)}.`,
		);
	}
	if (clone.managedSave) {
		return refuse(
			'saved-memory',
			`The memory of ${name} is saved.`,
			remedy`Discard it first ${byVirsh(host, 'managedsave-remove', clone)}.`,
		);
	}
	// Those inside the images of its base stay there.
	const own = ({libvirt, disks}: Snapshot) => libvirt || disks.some(({file}) => file !== null && made.includes(file));
	if (clone.snapshots.some(own)) {
		return refuse('has-children', `${name} has snapshots of its own.`, 'If you do not need them, delete them first.');
	}
	const moved = writableDisks(clone).filter(disk => !made.includes(activeFile(disk)));
	if (moved.length === 0) return null;
	return refuse(
		'disks-changed',
		`${name} now runs on other disks: ${enumerate(moved.map(disk => disk.target))}.`,
		remedy`If you do not need it, remove it by hand ${byVirsh(host, 'undefine', clone)}.`,
	);
}

/** Whoever was given an overlay of the clone, or depends on one. */
function usedRefusal(facts: Facts, uuid: string | undefined, files: readonly string[]): Refusal | null {
	const others = {...facts, domain: {...facts.domain, uuid: uuid ?? ''}};
	const [user] = dependantsOf(others, files);
	if (!user) return keptRefusal(facts, files, files);
	return refuse(
		'has-dependants',
		t`${user.file} is in use by ${user.domain.name}.`,
		t`If you do not need ${user.domain.name}, remove it first.`,
	);
}
