/** `virsnap undo ID`: the way back from a receipt, planned and reviewed like anything else. */

import type {Outcome} from '../core/model/plan.ts';
import {directoryOf} from '../core/planning/file-names.ts';
import {undoPlan} from '../core/recover/undo.ts';
import {t} from '../core/words/text.ts';
import type {Run} from './catalogue.ts';
import {changeBy} from './change.ts';
import {readInventory} from './connection.ts';

export const undo: Run = (context, given) =>
	changeBy(context, given, async (hypervisor): Promise<Outcome> => {
		const [id = ''] = given.words;
		const receipt = (await hypervisor.receipts()).find(candidate => candidate.id === id);
		if (!receipt) {
			const reason = t`There is no receipt ${id}.`;
			return {refusal: {code: 'not-found', reason, remedy: 'See all: virsnap log'}};
		}

		await readInventory(hypervisor);
		const {domain, file} = receipt.plan;
		return undoPlan(receipt, await hypervisor.facts(domain.uuid, file && directoryOf(file), file));
	});
