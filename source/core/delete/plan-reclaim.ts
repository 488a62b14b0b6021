/** Plans that remove an unused overlay. */

import {basename, dirname} from 'node:path/posix';
import type {Facts} from '../model/facts.ts';
import type {ReclaimIntent} from '../model/intent.ts';
import type {Outcome} from '../model/plan.ts';
import {type Refusal, refuse} from '../model/refusal.ts';
import {planOf} from '../planning/plan-of.ts';
import {rightsRemedy} from '../planning/refusals/rights.ts';
import {dependantsRefusal} from '../snapshots/dependants.ts';
import {removeStep} from '../steps/shared-steps.ts';
import {enumerate, formatBytes, printable, t} from '../words/text.ts';

/** The plan that removes an unused overlay, or why it cannot be removed. */
export function reclaimPlan(facts: Facts, {overlay}: ReclaimIntent): Outcome {
	const {reclaimable} = facts;
	const found = reclaimable.find(({file}) => file === overlay);
	if (!found) return {refusal: notReclaimable(facts, overlay)};
	const refusal = dependantsRefusal(facts, [overlay]) ?? folderRefusal(facts, overlay);
	if (refusal) return {refusal};
	const plan = planOf(facts, {
		verb: 'reclaim',
		why: 'No disk or snapshot uses this overlay.',
		steps: [removeStep(overlay)],
		losses: [t`${overlay} (${formatBytes(found.bytes)}) and all data in it.`, ...inside(facts, overlay)],
		confirm: basename(overlay),
		expect: [{kind: 'file', file: overlay, present: false}],
	});
	return {plan};
}

/** Snapshots that libvirt has no record of. */
function inside({kept}: Facts, overlay: string): string[] {
	const tags = kept.find(({file}) => file === overlay)?.snapshots ?? [];
	return tags.length === 0 ? [] : [`The snapshots inside it: ${enumerate(tags.map(printable))}.`];
}

function notReclaimable({domain, reclaimable}: Facts, overlay: string): Refusal {
	const files = reclaimable.map(({file}) => printable(file));
	return refuse(
		'not-found',
		t`${overlay} is not an unused overlay of ${domain.name}.`,
		files.length > 0 ? t`Unused overlays: ${enumerate(files)}.` : 'This domain has no unused overlays.',
	);
}

function folderRefusal(facts: Facts, overlay: string): Refusal | null {
	const {directories} = facts;
	if (directories[dirname(overlay)]?.writable) return null;
	return refuse('not-writable', t`The folder ${dirname(overlay)} cannot be written to.`, rightsRemedy(facts));
}
