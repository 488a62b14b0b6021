/** An external snapshot of a domain that is shut off. */
import {can} from '../capabilities.ts';
import {coveredDisks, type Facts} from '../domain.ts';
import {overlayFiles} from '../overlay.ts';
import type {CreateIntent} from '../plan.ts';
import {mayChangeModes, privateStep} from '../private-files.ts';
import {shellWord} from '../text.ts';
import {overlayDraft} from './external-parts.ts';
import {type Draft, shutOff} from './parts.ts';

/** New overlays. Where libvirt leaves them readable for other users a step mends it, or a warning says how. */
export function externalOffline(facts: Facts, intent: CreateIntent): Draft {
	const draft = overlayDraft(facts, intent, [], shutOff);
	if (can(facts.host, 'private-offline-overlays')) return draft;
	const files = overlayFiles(coveredDisks(facts), intent.tag, intent.dir).map(({file}) => file);
	// libvirt leaves the mode to its umask: 0644.
	if (mayChangeModes(facts)) return {...draft, steps: [...draft.steps, privateStep(files)]};
	const command = `chmod 600 ${files.map(file => shellWord(file)).join(' ')}`;
	const warning = `This libvirt makes the overlay readable for all users of the host; let its owner run: ${command}`;
	return {...draft, warnings: [warning, ...(draft.warnings ?? [])]};
}
