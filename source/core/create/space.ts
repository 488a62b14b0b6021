/** How much room a plan takes where it writes, against what is free there. */

import {dirname} from 'node:path/posix';
import {activeFile} from '../model/disk.ts';
import {isActive} from '../model/domain.ts';
import {coveredDisks, type Facts} from '../model/facts.ts';
import type {CreateIntent, MethodId} from '../model/intent.ts';
import type {Space} from '../model/plan.ts';
import {newMemoryFile, newOverlays} from './choice/chosen-disks.ts';

/** An empty qcow2 overlay takes 192 KiB; a snapshot inside an image a copy of its tables, which is in the same order. */
const perDisk = 256 * 1024;

/** Room at most, by folder: memory is counted whole, though pages that the guest never used are left out. */
export function spaceOf(facts: Facts, method: MethodId, intent: CreateIntent): Space[] {
	const needed = new Map<string, number>();
	const add = (folder: string, bytes: number) => needed.set(folder, (needed.get(folder) ?? 0) + bytes);
	const files = method.startsWith('external')
		? newOverlays(facts, intent).map(overlay => overlay.file)
		: coveredDisks(facts).map(activeFile);
	for (const file of files) add(dirname(file), perDisk);
	const memory = method === 'external-full' ? newMemoryFile(facts, intent) : files[0];
	if (isActive(facts.domain) && method !== 'external-live' && memory) add(dirname(memory), facts.domain.memoryBytes);
	return [...needed].map(([where, neededBytes]) => ({
		where,
		neededBytes,
		freeBytes: facts.directories[where]?.freeBytes ?? null,
	}));
}
