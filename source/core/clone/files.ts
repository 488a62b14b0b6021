/** The files of a clone: an overlay of each disk of the base, and its own copy of the UEFI variables. */

import {dirname, extname, join} from 'node:path/posix';
import {can} from '../model/capabilities.ts';
import {activeFile, type Disk} from '../model/disk.ts';
import {writableDisks} from '../model/domain.ts';
import type {Facts} from '../model/facts.ts';
import type {Step} from '../model/step.ts';
import {fileSafe} from '../planning/file-names.ts';
import {isThere} from '../snapshots/family.ts';
import {takenOver} from '../steps/files/taken-over.ts';
import {step} from '../steps/step.ts';
import {cutBytes} from '../words/text.ts';

type Copy = {readonly disk: Disk; readonly base: string; readonly format: string; readonly file: string};

/** `DIR/NEW.qcow2` beside the base's file, with the target where there are several. */
export function copiesFor(facts: Facts, name: string): Copy[] {
	const disks = writableDisks(facts.domain);
	const stem = cutBytes(fileSafe(name), 220);
	return disks.map(disk => {
		const base = activeFile(disk);
		const file = join(dirname(base), `${stem}${disks.length > 1 ? `.${disk.target}` : ''}.qcow2`);
		return {disk, base, format: disk.chain[0]?.format ?? disk.format, file};
	});
}

type Nvram = {readonly from: string; readonly to: string; readonly copy: boolean};

/** One that libvirt has not made yet is made for the clone at its first start. */
export function nvramFor(facts: Facts, name: string): Nvram | null {
	const {nvram} = facts.domain.firmware;
	if (!nvram) return null;
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
