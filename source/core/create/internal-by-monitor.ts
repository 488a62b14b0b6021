/** A snapshot inside the images of an active domain, by QEMU's monitor (`savevm`): libvirt does not know of it. */

import {type Facts, writableDisks} from '../model/domain.ts';
import type {CreateIntent} from '../model/plan.ts';
import {monitor} from '../steps/argv.ts';
import {delvm, savevm} from '../steps/hmp.ts';
import {t} from '../words/text.ts';
import {type Draft, internalChanges, sameState, targets, unmanagedWarning, withMemory} from './parts.ts';

/** All writable disks and the memory in one step. */
export function monitorInternal(facts: Facts, intent: CreateIntent): Draft {
	const disks = writableDisks(facts.domain);
	return {
		...withMemory(facts),
		steps: [
			{
				title: t`Create snapshot ${intent.tag} in ${targets(disks)}, with memory`,
				argv: monitor(facts.host, facts.domain, savevm(intent.tag)),
				success: 'silent',
				changes: internalChanges(intent.tag, disks, true),
				undo: monitor(facts.host, facts.domain, delvm(intent.tag)),
			},
		],
		warnings: [unmanagedWarning],
		expect: [{kind: 'snapshot', tag: intent.tag, health: ['unmanaged']}, ...sameState(facts)],
	};
}
