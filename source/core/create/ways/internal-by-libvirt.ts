/** A snapshot inside the images by libvirt, which keeps a record of it; of an active domain with its memory. */

import {isActive, writableDisks} from '../../model/domain.ts';
import {coveredDisks, type Facts} from '../../model/facts.ts';
import type {CreateIntent} from '../../model/intent.ts';
import type {Draft} from '../../planning/plan-of.ts';
import {createStep, internalChanges, metadataChange, sameState, shutOff, withMemory} from '../create-step.ts';

/** All disks in one step. A disk for which the domain XML says otherwise is named, so that it is taken inside its image all the same. */
export function libvirtInternal(facts: Facts, intent: CreateIntent): Draft {
	const active = isActive(facts.domain);
	const disks = active ? writableDisks(facts.domain) : coveredDisks(facts);
	const overruled = disks.some(disk => disk.snapshotPolicy !== null && disk.snapshotPolicy !== 'internal');
	const specs = overruled ? disks.map(({target}) => ({target, snapshot: 'internal', file: null}) as const) : [];
	return {
		...(active ? withMemory(facts) : shutOff),
		steps: [
			createStep(facts, intent, {external: false, disks: specs}, [
				...internalChanges(intent.tag, disks, active),
				metadataChange(intent.tag),
			]),
		],
		expect: [{kind: 'snapshot', tag: intent.tag, health: ['ok']}, ...sameState(facts)],
	};
}
