/** What a dialog's menu offers: the best first, then what is possible, then the rest, each with the reason why not. */
import type {Facts} from '../core/domain.ts';
import {makePlan} from '../core/make-plan.ts';
import {methodChoices} from '../core/method.ts';
import type {CreateIntent, Plan, Refusal} from '../core/plan.ts';
import type {Choice} from '../core/recover.ts';
import {enumerate, printable} from '../core/text.ts';
import {optionWords} from './dialog-options.ts';
import {kindMade} from './snapshot-kind.ts';
import type {Dialog, DialogStep, Recovering} from './state.ts';
import type {Tone} from './theme.ts';

export type MenuRow = {
	readonly id: string;
	readonly label: string;
	/** One word beside it: chosen, not here. */
	readonly note: string;
	/** Said below the menu while the cursor stands on it. */
	readonly explanation: readonly Explained[];
	/** Why it cannot be chosen; null where it can. */
	readonly refusal: Refusal | null;
	/** What choosing it makes of the dialog, before its next step. */
	readonly choose: (dialog: Dialog) => Partial<Dialog>;
};

export type Explained = {readonly label: string; readonly text: string; readonly tone?: Tone};

export function menuTitle({task}: Dialog): string {
	return task === 'recover' ? 'What is to be done about it:' : 'How the snapshot is taken:';
}

/** Said above the menu. */
export function menuPreface({recovery}: Dialog): readonly Explained[] {
	if (recovery?.found == null) return [];
	const {summary, findings} = recovery.found;
	return [
		{label: 'Found', text: summary, tone: 'warn'},
		...findings.map(finding => ({label: '', text: printable(finding)})),
	];
}

export function menuRows({facts, intent, recovery}: Dialog): readonly MenuRow[] {
	if (recovery?.found != null) return recoveryRows(recovery);
	if (facts === null || intent?.verb !== 'create') return [];
	return [...methodRows(facts, intent), optionsRow(facts, intent)];
}

function methodRows(facts: Facts, intent: CreateIntent): readonly MenuRow[] {
	const own = makePlan(facts, {...intent, method: undefined});
	const chosen = 'plan' in own ? own.plan : null;
	const rows = methodChoices(facts, intent).map(({method}): MenuRow => {
		const outcome = makePlan(facts, {...intent, method: method.id});
		const refusal = 'refusal' in outcome ? outcome.refusal : null;
		const why = chosen?.method === method.id ? chosen.why : null;
		return {
			id: method.id,
			label: `${method.label} (${method.id})`,
			note: why === null ? (refusal === null ? '' : 'not here') : 'chosen',
			refusal,
			explanation: [
				{label: 'Makes', text: kindMade(method.id, facts.domain), tone: 'title'},
				...(why === null ? [] : [{label: 'Chosen', text: why, tone: 'ok' as const}]),
				...refusalWords(refusal),
				{label: 'Holds', text: method.captures},
				{label: 'Costs', text: method.costs},
			],
			choose: () => ({intent: {...intent, method: why === null ? method.id : undefined}}),
		};
	});
	const rank = (row: MenuRow) => (row.note === 'chosen' ? 0 : row.refusal === null ? 1 : 2);
	return rows.toSorted((a, b) => rank(a) - rank(b));
}

/** Unfolds the options as a step of their own, before this one. */
function optionsRow(facts: Facts, intent: CreateIntent): MenuRow {
	return {
		id: 'options',
		label: optionWords(facts, intent),
		note: '',
		refusal: null,
		explanation: [
			{label: 'Options', text: 'disks only or memory too, freezing the file systems, the folder for overlays'},
		],
		choose: ({steps, at}) => ({
			steps: steps.includes('options') ? steps : insert(steps, 'options', at),
			// Where the next step is entered from here, it is the options.
			at: steps.includes('options') ? at - 2 : at - 1,
		}),
	};
}

const insert = (steps: readonly DialogStep[], step: DialogStep, at: number): readonly DialogStep[] => [
	...steps.slice(0, at),
	step,
	...steps.slice(at),
];

function refusalWords(refusal: Refusal | null): readonly Explained[] {
	if (refusal === null) return [];
	return [
		{label: 'Not here', text: printable(refusal.reason), tone: 'warn'},
		{label: 'Remedy', text: printable(refusal.remedy)},
	];
}

function recoveryRows({found}: Recovering): readonly MenuRow[] {
	const {choices, refusals} = found!;
	const impossible = {'go-on': 'Go on: what is missing', 'way-back': 'Way back: as it was before'} as const;
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

function planWords({why, steps, losses}: Plan): readonly Explained[] {
	return [
		{label: 'Why', text: printable(why)},
		{label: 'Plan', text: enumerate(steps.map(({title}) => printable(title)))},
		...losses.map(loss => ({label: 'Lost', text: printable(loss), tone: 'remove' as const})),
	];
}
