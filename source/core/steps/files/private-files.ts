/** Keeping new overlays to the user that QEMU runs as. */

import type {Facts} from '../../model/facts.ts';
import type {Step} from '../../model/step.ts';
import {plural} from '../../words/text.ts';
import {step} from '../step.ts';

/** A libvirt of one's own makes files that are one's own. */
export function mayChangeModes({host, root}: Pick<Facts, 'host' | 'root'>): boolean {
	return host.elsewhere === null && (root || !host.system);
}

/** `made`: by the plan's own steps, so that taking them back is to remove them. `what`: what each of them is. */
export function privateStep(files: readonly string[], made: boolean, what = 'overlay'): Step {
	const title = `Make the new ${plural(files.length, what)} private (0600)`;
	return step({kind: 'private-mode', files, made}, {title});
}
