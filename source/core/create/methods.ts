/**
 * One row per method of taking a snapshot: what it is, what it holds, what it costs, and the reason where it cannot.
 * Adding a method is a row here, and a file in ways/ with its line in plan-create.ts.
 */

import {activeFile} from '../model/disk.ts';
import {isActive} from '../model/domain.ts';
import {coveredDisks, type Facts} from '../model/facts.ts';
import type {CreateIntent, MethodId} from '../model/intent.ts';
import type {Refusal} from '../model/refusal.ts';
import type {Snapshot} from '../model/snapshot.ts';
import {checkpointRefusal} from '../planning/refusals/bitmaps.ts';
import {remoteRefusal} from '../planning/refusals/remote.ts';
import {writeRefusal} from '../planning/refusals/rights.ts';
import {memoryChoiceRefusal} from './choice/refusals.ts';
import {
	allOrNoneRefusal,
	externalRefusal,
	internalFirmwareRefusal,
	internalRefusal,
	internalSpace,
	memoryFileRefusal,
	monitorFirmwareRefusal,
	offlineCommaRefusal,
} from './disk-refusals.ts';
import {
	agentRefusal,
	createStateRefusal,
	diskOnlyMismatch,
	jobTagRefusal,
	memoryMismatch,
	memoryRefusal,
	memoryWanted,
	quiesceMismatch,
	wantActive,
	wantShutOff,
} from './state-refusals.ts';

export type Method = {
	readonly id: MethodId;
	readonly label: string;
	/** The domain and disks it wants. */
	readonly needs: string;
	/** What a snapshot of this kind holds. */
	readonly captures: string;
	/** What it takes: room, a standstill, something to know afterwards. */
	readonly costs: string;
	/** Why this domain's state, in words, makes it the choice. */
	readonly because: string;
	/** Why it cannot be used here; null where it can. Needs no tag: names are checked by the planner. */
	readonly refuse: (facts: Facts, intent: CreateIntent) => Refusal | null;
};

export const methods: readonly Method[] = [
	{
		id: 'libvirt-internal',
		label: 'Internal, by libvirt',
		needs: 'qcow2 disks; running, paused or shut off',
		captures: 'all disks in one point in time, with memory where the domain is active',
		costs: 'the domain pauses while its memory is written into the image',
		because: 'all disks are qcow2: libvirt keeps disks and memory together, inside the images',
		refuse: (facts, intent) =>
			createStateRefusal(facts) ??
			internalRefusal(facts) ??
			internalFirmwareRefusal(facts) ??
			(isActive(facts.domain)
				? (memoryRefusal(facts, 'images') ??
					diskOnlyMismatch(intent) ??
					jobTagRefusal(facts, intent) ??
					internalSpace(facts))
				: (checkpointRefusal(facts, false) ?? memoryWanted(facts, intent) ?? allOrNoneRefusal(facts))),
	},
	{
		id: 'external-offline',
		label: 'External, shut off',
		needs: 'shut off; disks of any format',
		captures: 'all disks, nothing is running',
		costs:
			'the domain then runs on a new file for each disk, the old ones become read-only bases: update anything that uses the old path, such as backup jobs',
		because: 'each disk gets an overlay, and the present file is not changed',
		refuse: (facts, intent) =>
			wantShutOff(facts) ??
			checkpointRefusal(facts, true) ??
			memoryWanted(facts, intent) ??
			quiesceMismatch(facts, intent) ??
			externalRefusal(facts, intent) ??
			offlineCommaRefusal(facts, intent),
	},
	{
		id: 'external-full',
		label: 'External with memory',
		needs: 'running or paused; disks of any format',
		captures: 'all disks and the memory in one point in time',
		costs: 'an overlay for each disk and a memory file',
		because: 'disks and memory in one point in time, in files of their own',
		refuse: (facts, intent) =>
			wantActive(facts) ??
			memoryRefusal(facts, 'memory') ??
			diskOnlyMismatch(intent) ??
			externalRefusal(facts, intent) ??
			memoryFileRefusal(facts, intent) ??
			memoryChoiceRefusal(facts, intent),
	},
	{
		id: 'external-live',
		label: 'External, disks only',
		needs: 'running or paused; disks of any format',
		captures:
			'all disks in one point in time, no memory: as after a power cut, unless the guest agent freezes the file systems',
		costs: 'a new overlay file for each disk; almost no pause',
		because: 'all disks in one point in time, with almost no pause',
		refuse: (facts, intent) =>
			wantActive(facts) ?? memoryMismatch(intent) ?? agentRefusal(facts, intent) ?? externalRefusal(facts, intent),
	},
	{
		id: 'qemu-img',
		label: 'Internal, by qemu-img',
		needs: 'shut off; qcow2 disks on this machine',
		captures: 'each disk, one after the other',
		costs: 'libvirt does not know of it',
		because: 'it works on the images alone, without libvirt',
		refuse: (facts, intent) =>
			wantShutOff(facts) ??
			memoryWanted(facts, intent) ??
			quiesceMismatch(facts, intent) ??
			remoteRefusal(facts, 'Use libvirt-internal or external-offline.') ??
			internalRefusal(facts) ??
			writeRefusal(facts, coveredDisks(facts).map(activeFile)),
	},
	{
		id: 'monitor',
		label: "Internal, by QEMU's monitor",
		needs: 'running or paused; all writable disks qcow2',
		captures: 'all disks and the memory in one point in time',
		costs: 'the domain pauses while its memory is written; libvirt does not know of it',
		because: 'disks and memory in one point in time, without libvirt',
		refuse: (facts, intent) =>
			wantActive(facts) ??
			memoryRefusal(facts, 'images') ??
			diskOnlyMismatch(intent) ??
			internalRefusal(facts) ??
			monitorFirmwareRefusal(facts) ??
			internalSpace(facts),
	},
];

type MethodChoice = {readonly method: Method; readonly refusal: Refusal | null};

/** Every method that creates snapshots, each with the reason why not; for a menu. */
export function methodChoices(facts: Facts, intent: CreateIntent): MethodChoice[] {
	return methods.map(method => ({method, refusal: method.refuse(facts, {...intent, method: method.id})}));
}

/** The row of a method. */
export function methodById(id: MethodId): Method {
	return methods.find(method => method.id === id)!;
}

/** The method that makes external snapshots like this one. */
export function externalMethod(snapshot: Snapshot): MethodId {
	if (snapshot.memoryFile !== null) return 'external-full';
	return snapshot.state === 'disk-snapshot' ? 'external-live' : 'external-offline';
}
