/** What plans that create are made of, whatever the way. */

import {activeFile, type Disk, type Facts} from '../model/domain.ts';
import type {Change, CreateIntent, Expectation, Plan, Step} from '../model/plan.ts';
import {memoryPause} from '../planning/pause.ts';
import {snapshotDelete, virshDomain} from '../steps/argv.ts';
import {enumerate, t} from '../words/text.ts';

/** What differs from way to way; `createPlan` adds the rest. */
export type Draft = Pick<Plan, 'consistency' | 'pause' | 'steps' | 'expect'> & {
	readonly warnings?: readonly string[];
	readonly wayBack?: string;
};

/** What the snapshot holds, and how long the domain stands still for it, in words. */
export type Held = Pick<Draft, 'consistency' | 'pause'>;

/** libvirt's own `snapshot-create-as`, with what it changes. Taken back by deleting the snapshot. */
export function createStep(
	facts: Facts,
	intent: CreateIntent,
	flags: readonly string[],
	changes: readonly Change[],
): Step {
	const description = intent.description ? [`--description=${intent.description}`] : [];
	return {
		title: t`Create snapshot ${intent.tag}`,
		argv: virshDomain(facts.host, 'snapshot-create-as', facts.domain, `--name=${intent.tag}`, ...description, ...flags),
		success: 'exit',
		changes,
		undo: snapshotDelete(facts.host, facts.domain, intent.tag),
	};
}

/** What a snapshot inside the images adds to them; memory goes into the first. */
export function internalChanges(tag: string, disks: readonly Disk[], memory: boolean): Change[] {
	const changes: Change[] = disks.map(disk => ({
		sign: '+',
		what: t`internal snapshot ${tag} in ${activeFile(disk)}`,
	}));
	if (memory) changes.push({sign: '+', what: t`memory state in ${activeFile(disks[0]!)}`});
	return changes;
}

/** libvirt's record of the snapshot, where libvirt takes it. */
export function metadataChange(tag: string): Change {
	return {sign: '+', what: t`libvirt's record of ${tag}, now the current snapshot`};
}

/** Of a domain that is shut off. */
export const shutOff: Held = {consistency: 'shut off', pause: 'none: it is shut off'};

/** Of an active domain whose memory goes into an image. */
export function withMemory(facts: Facts): Held {
	return {consistency: 'full checkpoint', pause: memoryPause(facts)};
}

/** Said where libvirt has no part in it. */
export const unmanagedWarning = 'libvirt will not know of this snapshot: virsh snapshot-list does not show it.';

/** A snapshot leaves the domain in the state it is in. */
export function sameState(facts: Facts): Expectation[] {
	return [{kind: 'state', state: facts.domain.state === 'idle' ? 'running' : facts.domain.state}];
}

/** "vda and vdb" */
export function targets(disks: readonly Disk[]): string {
	return enumerate(disks.map(disk => disk.target));
}
