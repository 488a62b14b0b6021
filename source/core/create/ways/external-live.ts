/** An external snapshot of the disks of an active domain, without its memory. */

import type {Facts} from '../../model/facts.ts';
import type {CreateIntent} from '../../model/intent.ts';
import {diskOnlyPause} from '../../planning/pause.ts';
import type {Draft} from '../../planning/plan-of.ts';
import {overlayDraft} from './overlay-draft.ts';

/** New overlays under a domain that keeps running. The guest agent freezes the file systems where it can, unless told not to. */
export function externalLive(facts: Facts, intent: CreateIntent): Draft {
	const quiesce = intent.quiesce ?? (facts.domain.agent === 'connected' && facts.domain.state !== 'paused');
	const warning = 'No memory is taken: after a revert the guest starts as after a power cut.';
	return overlayDraft(
		facts,
		intent,
		{quiesce},
		quiesce
			? {consistency: 'frozen filesystems', pause: 'writes wait while the guest agent freezes the file systems'}
			: {consistency: 'crash-consistent', pause: diskOnlyPause},
		quiesce ? [] : [warning],
	);
}
