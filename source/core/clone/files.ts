/** The new files of a clone: one for each disk, and its own copy of the UEFI variables. */

import {dirname, extname, join} from 'node:path/posix';
import {keepsVariables} from '../domain-xml/identity.ts';
import {can} from '../model/capabilities.ts';
import type {Facts} from '../model/facts.ts';
import type {CloneIntent} from '../model/intent.ts';
import type {Space} from '../model/plan.ts';
import type {Snapshot} from '../model/snapshot.ts';
import type {Step} from '../model/step.ts';
import {fileSafe} from '../planning/file-names.ts';
import {isThere} from '../snapshots/family.ts';
import {copySteps} from '../steps/files/new-copy.ts';
import {overlaySteps} from '../steps/files/new-overlay.ts';
import {takenOver} from '../steps/files/taken-over.ts';
import {step} from '../steps/step.ts';
import {cutBytes} from '../words/text.ts';
import type {Origin} from './origins.ts';

/** All that is decided of a clone before its plan is put together. */
export type Clone = {
	readonly intent: CloneIntent;
	/** Null: the domain as it is. */
	readonly snapshot: Snapshot | null;
	readonly disks: readonly NewDisk[];
	readonly xml: string;
	/** The definition is the one that the snapshot has recorded. */
	readonly recorded: boolean;
	readonly nvram: Nvram | null;
};

/** One disk of the clone: what it is made from, and its file. */
type NewDisk = {readonly origin: Origin; readonly file: string};

/** `DIR/NEW.qcow2`, beside the base's file where no folder is named, with the target where there are several. */
export function newDisks(origins: readonly Origin[], {name, dir}: CloneIntent): NewDisk[] {
	const stem = cutBytes(fileSafe(name), 220);
	return origins.map(origin => {
		const apart = origins.length > 1 ? `.${origin.target}` : '';
		return {origin, file: join(dir ?? dirname(origin.file), `${stem}${apart}.qcow2`)};
	});
}

/** Room that they take at most, by folder. An empty overlay takes 192 KiB. */
export function spaceFor(facts: Facts, disks: readonly NewDisk[], full: boolean): Space[] {
	const folders = Map.groupBy(disks, ({file}) => dirname(file));
	return [...folders].map(([where, inside]) => ({
		where,
		neededBytes: inside.reduce((sum, {origin}) => sum + (full ? origin.bytes : 256 * 1024), 0),
		freeBytes: facts.directories[where]?.freeBytes ?? null,
	}));
}

/** The steps that make the file of one disk. `frozen`: what it is made from never changes. */
export function diskSteps(facts: Facts, {origin, file}: NewDisk, full: boolean, frozen: boolean): Step[] {
	const {target, file: from, format, inside, bytes} = origin;
	return full
		? copySteps(facts, target, {from, format, inside, to: file, bytes, frozen})
		: overlaySteps(facts, {target, like: from, base: from, format, file});
}

type Nvram = {readonly from: string; readonly to: string; readonly copy: boolean};

/** For a clone of this definition. One that libvirt has not made yet is made for the clone at its first start. */
export function nvramFor(facts: Facts, name: string, xml: string): Nvram | null {
	const {nvram} = facts.domain.firmware;
	if (!nvram || (xml !== facts.inactiveXml && !keepsVariables(xml))) return null;
	const from = nvram.file;
	const extension = extname(from) || '.fd';
	// A libvirt that forgets the path looks for the name as it is.
	const stem = can(facts.host, 'chosen-firmware-keeps-nvram') ? cutBytes(fileSafe(name), 220) : name;
	const to = join(dirname(from), nvram.format === 'json' ? `${stem}.json` : `${stem}_VARS${extension}`);
	return {from, to, copy: isThere(facts, from)};
}

/** Copies the variables unless something stands there already; rolled back by removing the copy. */
export function copyStep(facts: Facts, {from, to}: Nvram): Step {
	return step({kind: 'copy-file', from, to, takenOver: takenOver(facts)}, {title: 'Copy the UEFI variables'});
}
