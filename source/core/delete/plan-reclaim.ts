/** Plans that remove an overlay which a revert left, and nothing uses any more. */

import type {Facts} from '../model/domain.ts';
import type {ReclaimIntent} from '../model/intent.ts';
import type {Outcome} from '../model/plan.ts';
import type {Refusal} from '../model/refusal.ts';
import {basisOf} from '../planning/basis.ts';
import {directoryOf, fileNameOf} from '../planning/file-names.ts';
import {dependantsRefusal} from '../snapshots/dependants.ts';
import {removeStep} from '../steps/shared-steps.ts';
import {enumerate, formatBytes, printable, t} from '../words/text.ts';

/** The plan that removes an overlay which a revert left, or why it stays. */
export function reclaimPlan(facts: Facts, {overlay}: ReclaimIntent): Outcome {
	const {domain, reclaimable} = facts;
	const found = reclaimable.find(({file}) => file === overlay);
	if (!found) return {refusal: notReclaimable(facts, overlay)};
	const refusal = dependantsRefusal(facts, [overlay]) ?? folderRefusal(facts, overlay);
	if (refusal) return {refusal};
	return {
		plan: {
			verb: 'reclaim',
			domain: {uuid: domain.uuid, name: domain.name},
			tag: null,
			method: null,
			why: 'No chain and no snapshot of any domain has this overlay.',
			consistency: null,
			pause: 'none',
			steps: [removeStep(overlay)],
			losses: [t`${overlay} (${formatBytes(found.bytes)}), with all that was written to it.`],
			warnings: [],
			wayBack: '',
			onFailure: 'stop',
			confirm: fileNameOf(overlay),
			basis: basisOf(facts),
			expect: [{kind: 'file', file: overlay, present: false}],
		},
	};
}

function notReclaimable({domain, reclaimable}: Facts, overlay: string): Refusal {
	const files = reclaimable.map(({file}) => printable(file));
	return {
		code: 'not-found',
		reason: t`${overlay} is no overlay that ${domain.name} has left behind.`,
		remedy: files.length > 0 ? `What can be removed: ${enumerate(files)}.` : 'Nothing can be removed.',
	};
}

function folderRefusal({directories}: Facts, overlay: string): Refusal | null {
	if (directories[directoryOf(overlay)]?.writable) return null;
	return {
		code: 'not-writable',
		reason: t`The folder ${directoryOf(overlay)} cannot be written to.`,
		remedy: 'Run virsnap as a user that may, usually with sudo.',
	};
}
