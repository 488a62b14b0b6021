/** A snapshot inside the images of an active domain, by QEMU's monitor (`savevm`): libvirt does not know of it. */

import {writableDisks} from '../../model/domain.ts';
import type {Facts} from '../../model/facts.ts';
import type {CreateIntent} from '../../model/intent.ts';
import type {Draft} from '../../planning/plan-of.ts';
import {addressOf} from '../../steps/on-domain.ts';
import {step} from '../../steps/step.ts';
import {t} from '../../words/text.ts';
import {internalChanges, sameState, targets, unmanagedWarning, withMemory} from '../create-step.ts';

/** All writable disks and the memory in one step. */
export function monitorInternal(facts: Facts, intent: CreateIntent): Draft {
	const disks = writableDisks(facts.domain);
	return {
		...withMemory(facts),
		steps: [
			step(
				{kind: 'monitor-snapshot', on: addressOf(facts), action: 'savevm', tag: intent.tag},
				{
					title: t`Create snapshot ${intent.tag} in ${targets(disks)}, with memory`,
					changes: internalChanges(intent.tag, disks, true),
				},
			),
		],
		warnings: [unmanagedWarning],
		expect: [{kind: 'snapshot', tag: intent.tag, health: ['unmanaged']}, ...sameState(facts)],
	};
}
