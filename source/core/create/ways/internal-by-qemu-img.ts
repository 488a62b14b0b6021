/** A snapshot inside the images of a domain that is shut off, by qemu-img: libvirt does not know of it. */

import {activeFile} from '../../model/disk.ts';
import {coveredDisks, type Facts} from '../../model/facts.ts';
import type {CreateIntent} from '../../model/intent.ts';
import type {Draft} from '../../planning/plan-of.ts';
import {step} from '../../steps/step.ts';
import {t} from '../../words/text.ts';
import {sameState, shutOff, unmanagedWarning} from '../create-step.ts';

/** A step for each disk. */
export function qemuImgInternal(facts: Facts, intent: CreateIntent): Draft {
	return {
		...shutOff,
		steps: coveredDisks(facts).map(disk =>
			step(
				{kind: 'image-snapshot', action: 'create', tag: intent.tag, file: activeFile(disk)},
				{title: t`Create snapshot ${intent.tag} in ${disk.target}`},
			),
		),
		warnings: [unmanagedWarning],
		expect: [{kind: 'snapshot', tag: intent.tag, health: ['unmanaged']}, ...sameState(facts)],
	};
}
