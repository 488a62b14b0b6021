/** What this program may not do on this machine: it writes to images and folders with the rights of whoever runs it, libvirt with its own. */

import {dirname} from 'node:path/posix';
import type {Facts} from '../../model/facts.ts';
import type {Outcome, Plan} from '../../model/plan.ts';
import {type Refusal, refuse} from '../../model/refusal.ts';
import {writesFolders, writesImages} from '../../steps/step.ts';
import {evenRoot} from '../../words/even-root.ts';
import {t} from '../../words/text.ts';

/** Why these images cannot be changed by qemu-img; null where they can, as far as one can tell. */
export function writeRefusal(
	{readOnly, root}: Pick<Facts, 'readOnly' | 'root'>,
	files: readonly string[],
): Refusal | null {
	const file = files.find(one => readOnly.includes(one));
	if (file === undefined) return null;
	return refuse(
		'not-writable',
		t`${file} cannot be written to with your rights.`,
		root
			? evenRoot
			: 'Run virsnap as a user that may write to it, usually with sudo, or let libvirt do it: libvirt-internal.',
	);
}

/** What to do where a file or folder cannot be written to: root has nobody to turn to. */
export function rightsRemedy({root}: Pick<Facts, 'root'>): string {
	return root ? evenRoot : 'Run virsnap as a user that may write to it, usually with sudo.';
}

/** Why a step that is not libvirt's cannot be done; null where all can. */
function rightsRefusal(facts: Facts, plan: Pick<Plan, 'steps'>): Refusal | null {
	const images = plan.steps.flatMap(writesImages);
	const folder = plan.steps
		.flatMap(writesFolders)
		.map(dirname)
		.find(one => facts.directories[one]?.writable === false);
	const refusal = writeRefusal(facts, images);
	const remedy = rightsRemedy(facts);
	if (refusal) return {...refusal, remedy};
	if (folder === undefined) return null;
	return refuse('not-writable', t`The folder ${folder} cannot be written to with your rights.`, remedy);
}

/** The same outcome, where all of its steps can be done with the user's rights. */
export function withinRights(facts: Facts, outcome: Outcome): Outcome {
	const refusal = 'plan' in outcome ? rightsRefusal(facts, outcome.plan) : null;
	return refusal ? {refusal} : outcome;
}

/**
 * libvirt of the system keeps what it makes for a running domain to its own user (0600), and for one that is shut off from 11.10 on; its
 * version does not tell, since distributions mend older ones (Debian 13's 11.3.0-3+deb13u3: verified).
 */
export function hiddenOverlayRefusal(
	{host, root}: Pick<Facts, 'host' | 'root'>,
	remedy = 'Run virsnap with sudo, or take an internal snapshot.',
): Refusal | null {
	if (root || host.elsewhere !== null || !host.system) return null;
	return refuse(
		'unreadable-image',
		'Overlays of the system libvirt are readable by root and QEMU only: you could neither check nor delete this one.',
		remedy,
	);
}
