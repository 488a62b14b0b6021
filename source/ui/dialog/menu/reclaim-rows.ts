/** Overlays that nothing uses any more: a row each. */
import {basename} from 'node:path/posix';
import {makePlan} from '../../../core/make-plan.ts';
import type {Facts} from '../../../core/model/facts.ts';
import {formatBytes, t} from '../../../core/words/text.ts';

import {planWords, refusalWords} from './explanation.ts';
import type {MenuRow} from './row.ts';

export function reclaimRows(facts: Facts): readonly MenuRow[] {
	return facts.reclaimable.map(({file, bytes}): MenuRow => {
		const intent = {verb: 'reclaim', overlay: file} as const;
		const outcome = makePlan(facts, intent);
		const refusal = 'refusal' in outcome ? outcome.refusal : null;
		return {
			id: file,
			label: t`${formatBytes(bytes).padStart(8)}  ${basename(file)}`,
			note: refusal === null ? '' : 'not here',
			refusal,
			explanation: [...refusalWords(refusal), ...('plan' in outcome ? planWords(outcome.plan) : [])],
			choose: () => ({intent}),
		};
	});
}
