/** What can be done about an interrupted operation, and then what cannot. */
import type {Choice} from '../../../core/recover/recovery.ts';
import type {Recovering} from '../../state/dialog.ts';
import {planWords, refusalWords} from './explanation.ts';
import type {Explained, MenuRow} from './row.ts';

export function recoveryRows({found}: Recovering): readonly MenuRow[] {
	const {choices, refusals} = found!;
	const impossible = {
		'go-on': 'Finish: run the remaining steps',
		'way-back': 'Roll back to the previous state',
	} as const;
	return [
		...choices.map(
			(choice): MenuRow => ({
				id: choice.id,
				label: choice.label,
				note: '',
				refusal: null,
				explanation: choiceWords(choice),
				choose: ({recovery}) => ({
					recovery: {...recovery!, choice: choice.id},
					outcome: 'plan' in choice ? {plan: choice.plan} : null,
				}),
			}),
		),
		...refusals.map(
			({id, refusal}): MenuRow => ({
				id,
				label: id === 'go-on' || id === 'way-back' ? impossible[id] : id,
				note: 'not here',
				refusal,
				explanation: refusalWords(refusal),
				choose: () => ({}),
			}),
		),
	];
}

function choiceWords(choice: Choice): readonly Explained[] {
	if (!('plan' in choice)) return [{label: 'Writes', text: `the receipt only: ${choice.message}`}];
	return planWords(choice.plan);
}
