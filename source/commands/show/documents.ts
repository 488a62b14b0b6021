/** The documents that `--json` prints: a contract with scripts, so fields are named one by one. */

import {withoutStepSecrets} from '../../core/domain-xml/secrets.ts';
import type {Disk} from '../../core/model/disk.ts';
import type {Domain, Inventory} from '../../core/model/domain.ts';
import type {Facts} from '../../core/model/facts.ts';
import type {Outcome, Plan} from '../../core/model/plan.ts';
import type {Receipt} from '../../core/model/receipt.ts';
import type {SnapshotSizes} from '../../core/model/snapshot.ts';
import type {Step} from '../../core/model/step.ts';
import type {Recovery} from '../../core/recover/recovery.ts';
import {sizesOfSnapshot} from '../../core/snapshots/contents/sizes.ts';
import {cellsOf, type Listed, listedOf} from '../../core/snapshots/listed.ts';
import {asCommands, type Typed} from '../../core/words/remedy.ts';

/** What is looked for where one domain was asked for, and not in all of them. */
export type Looked = Pick<Facts, 'reclaimable' | 'sizes'>;

/** `list --json`. Sizes in bytes, clocks in nanoseconds, dates ISO 8601; null where it does not apply, or was not looked for. */
export function listDocument({host, domains}: Inventory, looked: Looked | null = null) {
	return {
		connection: {uri: host.uri, libvirt: host.libvirt, qemu: host.qemu},
		domains: domains.map(domain => domainEntry(domain, looked)),
	};
}

function domainEntry(domain: Domain, looked: Looked | null) {
	const {uuid, name, id, state, disks} = domain;
	return {
		uuid,
		name,
		id,
		state,
		disks: disks.map(diskEntry),
		snapshots: listedOf(domain).map(listed => snapshotEntry(listed, looked?.sizes ?? [])),
		...(looked ? {reclaimable: looked.reclaimable.map(({file, bytes, base}) => ({file, bytes, base}))} : {}),
	};
}

function diskEntry({target, source, format, device, readonly, chain}: Disk) {
	return {
		target,
		source,
		format,
		device,
		readonly,
		chain: chain.map(({file, dataFile, format, virtualSizeBytes, actualSizeBytes}) => ({
			file,
			...(dataFile === undefined ? {} : {dataFile}),
			format,
			virtualSizeBytes,
			actualSizeBytes,
		})),
	};
}

/** `managedSave` only in the row of saved memory, whose `tag` is none that a command takes. */
function snapshotEntry(listed: Listed, sizes: readonly SnapshotSizes[]) {
	const cells = cellsOf(listed);
	const {tag, health, kind, state, createdAt, vmSizeBytes, vmClockNs, parent, current, description, libvirt} = cells;
	const {protected: kept, expiresAt} = cells;
	const known = listed.kind === 'snapshot' ? sizesOfSnapshot(sizes, listed.snapshot) : null;
	const disks = cells.disks.map(({target, kind, id, file}) => ({target, kind, id, file}));
	return {
		tag,
		health,
		kind,
		state,
		createdAt,
		vmSizeBytes,
		vmClockNs,
		parent,
		current,
		description,
		libvirt,
		protected: kept,
		expiresAt,
		// To know them takes a look at the tables of the images: of one domain they are read where that is quick, and always by `size`.
		ownBytes: known?.ownBytes ?? null,
		sinceBytes: known?.sinceBytes ?? null,
		disks,
		leftOut: cells.leftOut.map(({target}) => target),
		...(listed.kind === 'managed-save' ? {managedSave: true} : {}),
	};
}

/** `size --json`. Bytes; null where it is not known, with `reason`. `copies`: what deleting an external snapshot merges, and where. */
export function sizeDocument({name}: Domain, sizes: readonly SnapshotSizes[]) {
	return {
		domain: name,
		snapshots: sizes.map(({tag, ownBytes, sinceBytes, about, reason, disks}) => ({
			tag,
			ownBytes,
			sinceBytes,
			about,
			reason,
			disks: disks.map(({target, ownBytes, sinceBytes, reason, copies}) => ({
				target,
				ownBytes,
				sinceBytes,
				reason,
				copies,
			})),
		})),
	};
}

/** `plan … --json`: the plan, or the refusal that goes with exit status 3. A definition in it has `virsnap-left-out-N` for each password. */
export function planDocument(outcome: Outcome, typed: Typed) {
	if ('refusal' in outcome) {
		const {code, reason, remedy} = outcome.refusal;
		return {refusal: {code, reason, remedy: asCommands(remedy, typed)}};
	}
	return {plan: planEntry(outcome.plan, typed)};
}

function planEntry(plan: Plan, typed: Typed) {
	const {verb, domain, tag, method, why, consistency, pause, losses, warnings, wayBack, confirm} = plan;
	return {
		verb,
		domain,
		tag,
		method,
		why,
		consistency,
		leftOut: plan.leftOut ?? [],
		pause,
		space: plan.space ?? [],
		picture: plan.picture ?? false,
		steps: plan.steps.map(withoutStepSecrets).map(stepEntry),
		losses,
		warnings: warnings.map(one => asCommands(one, typed)),
		wayBack: asCommands(wayBack, typed),
		confirm,
	};
}

/** A receipt as it is on disk, with its remedies as text. */
export function receiptEntry(receipt: Receipt, typed: Typed) {
	const {plan, remedy} = receipt;
	return {...receipt, plan: withText(plan, typed), remedy: remedy === null ? null : asCommands(remedy, typed)};
}

/** `recover ID --json`. */
export function recoveryEntry(recovery: Recovery, typed: Typed) {
	return {
		...recovery,
		choices: recovery.choices.map(choice =>
			'plan' in choice ? {...choice, plan: withText(choice.plan, typed)} : choice,
		),
		refusals: recovery.refusals.map(({id, refusal}) => ({
			id,
			refusal: {...refusal, remedy: asCommands(refusal.remedy, typed)},
		})),
	};
}

function withText(plan: Plan, typed: Typed) {
	const steps = plan.steps.map(withoutStepSecrets);
	const warnings = plan.warnings.map(one => asCommands(one, typed));
	return {...plan, steps, warnings, wayBack: asCommands(plan.wayBack, typed)};
}

function stepEntry({title, argv, input, changes, undo}: Step) {
	return {title, argv, ...(input === undefined ? {} : {input}), changes, undo};
}
