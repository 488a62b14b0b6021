/** How much room a plan takes where it writes, against what is free there. */

import {dirname} from 'node:path/posix';
import {activeFile} from '../model/disk.ts';
import {isActive} from '../model/domain.ts';
import {coveredDisks, type Facts} from '../model/facts.ts';
import type {CreateIntent, MethodId} from '../model/intent.ts';
import type {Space} from '../model/plan.ts';
import {overlayFiles} from '../planning/file-names.ts';

/** An empty qcow2 overlay takes 192 KiB; a snapshot inside an image a copy of its tables, which is in the same order. */
const perDisk = 256 * 1024;

/** Room at most, by folder: memory is counted whole, though pages that the guest never used are left out. */
export function spaceOf(facts: Facts, method: MethodId, intent: CreateIntent): Space[] {
	const needed = new Map<string, number>();
	const add = (folder: string, bytes: number) => needed.set(folder, (needed.get(folder) ?? 0) + bytes);
	const disks = coveredDisks(facts);
	const files = method.startsWith('external')
		? overlayFiles(disks, intent.tag, intent.dir).map(overlay => overlay.file)
		: disks.map(activeFile);
	for (const file of files) add(dirname(file), perDisk);
	const memory = isActive(facts.domain) && method !== 'external-live';
	if (memory && files[0]) add(dirname(files[0]), facts.domain.memoryBytes);
	return [...needed].map(([where, neededBytes]) => ({
		where,
		neededBytes,
		freeBytes: facts.directories[where]?.freeBytes ?? null,
	}));
}
