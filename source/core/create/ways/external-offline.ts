/** An external snapshot of a domain that is shut off. */

import {can} from '../../model/capabilities.ts';
import type {Facts} from '../../model/facts.ts';
import type {CreateIntent} from '../../model/intent.ts';
import type {Draft} from '../../planning/plan-of.ts';
import {mayChangeModes, privateStep} from '../../steps/files/private-files.ts';
import {shellWord} from '../../words/text.ts';
import {newOverlays} from '../choice/chosen-disks.ts';
import {shutOff} from '../create-step.ts';
import {overlayDraft} from './overlay-draft.ts';

/** New overlays. Where libvirt leaves them readable for other users a step mends it, or a warning says how. */
export function externalOffline(facts: Facts, intent: CreateIntent): Draft {
	const draft = overlayDraft(facts, intent, {}, shutOff);
	if (can(facts.host, 'private-offline-overlays')) return draft;
	const files = newOverlays(facts, intent).map(({file}) => file);
	// libvirt leaves the mode to its umask: 0644.
	if (mayChangeModes(facts)) return {...draft, steps: [...draft.steps, privateStep(files, false)]};
	const command = `chmod 600 ${files.map(file => shellWord(file)).join(' ')}`;
	const warning = `This libvirt makes the overlay readable for all users of the host; let its owner run: ${command}`;
	return {...draft, warnings: [warning, ...(draft.warnings ?? [])]};
}
