/** An external snapshot of an active domain with its memory, in a file of its own. */

import type {Facts} from '../../model/facts.ts';
import type {CreateIntent} from '../../model/intent.ts';
import type {Draft} from '../../planning/plan-of.ts';
import {memoryFileSteps} from '../../steps/files/new-memory-file.ts';
import {t} from '../../words/text.ts';
import {newMemoryFile} from '../choice/chosen-disks.ts';
import {overlayDraft} from './overlay-draft.ts';

/** New overlays, and a memory file. */
export function externalFull(facts: Facts, intent: CreateIntent): Draft {
	const file = newMemoryFile(facts, intent);
	const making = memoryFileSteps(facts, file);
	const draft = overlayDraft(
		facts,
		intent,
		{memory: file, live: facts.domain.state !== 'paused', ...(making.length > 0 ? {memoryMade: true} : {})},
		{
			consistency: 'full checkpoint',
			pause:
				facts.domain.state === 'paused'
					? 'none: it is paused'
					: 'about a second at the end, while the last memory pages are written',
		},
	);
	const paused =
		facts.domain.state === 'paused'
			? ['Until it is resumed QEMU holds the images read-only, so that no external snapshot can be deleted.']
			: [];
	const step = draft.steps[0]!;
	return {
		...draft,
		warnings: [...(draft.warnings ?? []), ...paused],
		steps: [...making, {...step, changes: [{sign: '+', what: t`memory file ${file}`}, ...step.changes]}],
	};
}
