/** `virsnap undo ID`: undo a finished operation, planned and reviewed like any other. */
import {dirname} from 'node:path/posix';
import type {Hypervisor} from '../../core/model/hypervisor.ts';
import type {Outcome} from '../../core/model/plan.ts';
import {t} from '../../core/words/text.ts';
import {execution} from '../change/planned.ts';
import {command} from '../command.ts';
import {readInventory} from '../connection.ts';

export const undoCommand = command({
	name: 'undo',
	summary: 'undo a finished operation',
	arguments: [{name: 'ID', help: 'the id of its receipt', completes: ['receipt']}],
	options: execution,
	examples: [
		{line: 'log', does: 'Find the id.'},
		{line: 'undo 20261123T143000-363Z-c8aea13f', does: 'Show the plan that undoes it, ask, and carry it out.'},
	],
	async run(context, {words: [id = ''], options}) {
		const {changeBy} = await import('../change/change.ts');
		return changeBy(context, options, hypervisor => outcomeOf(hypervisor, id));
	},
});

async function outcomeOf(hypervisor: Hypervisor, id: string): Promise<Outcome> {
	const receipt = (await hypervisor.receipts()).find(candidate => candidate.id === id);
	if (!receipt) {
		const reason = t`There is no receipt ${id}.`;
		return {refusal: {code: 'not-found', reason, remedy: 'See all: virsnap log'}};
	}

	await readInventory(hypervisor, 'heads');
	const {undoPlan, undoRefusal} = await import('../../core/recover/undo.ts');
	const refusal = undoRefusal(receipt);
	if (refusal) return {refusal};
	const {domain, file} = receipt.plan;
	return undoPlan(receipt, await hypervisor.facts(domain.uuid, file === undefined ? [] : [dirname(file)], file));
}
