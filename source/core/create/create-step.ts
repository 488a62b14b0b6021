/** What plans that create are made of, whatever the way. */

import {activeFile, type Disk} from '../model/disk.ts';
import type {DoesOf} from '../model/does.ts';
import type {Facts} from '../model/facts.ts';
import type {CreateIntent} from '../model/intent.ts';
import type {Expectation, Plan} from '../model/plan.ts';
import type {Change, Step} from '../model/step.ts';
import {memoryPause} from '../planning/pause.ts';
import {addressOf} from '../steps/on-domain.ts';
import {step} from '../steps/step.ts';
import {enumerate, t} from '../words/text.ts';

/** What the snapshot holds, and how long the guest is paused for it, in words. */
export type Capture = Pick<Plan, 'consistency' | 'pause'>;

type How = Pick<DoesOf<'create-snapshot'>, 'external' | 'disks'> &
	Partial<Pick<DoesOf<'create-snapshot'>, 'memory' | 'memoryMade' | 'live' | 'quiesce'>>;

/** libvirt's own `snapshot-create-as`, with what it changes. */
export function createStep(facts: Facts, intent: CreateIntent, how: How, changes: readonly Change[]): Step {
	const plain = {memory: null, live: false, quiesce: false};
	const description = intent.description || null;
	return step(
		{kind: 'create-snapshot', on: addressOf(facts), tag: intent.tag, description, ...plain, ...how},
		{title: t`Create snapshot ${intent.tag}`, changes},
	);
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
export const shutOff: Capture = {consistency: 'shut off', pause: 'none: it is shut off'};

/** Of an active domain whose memory goes into an image. */
export function withMemory(facts: Facts): Capture {
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
