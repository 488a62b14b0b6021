/** What a dialog's menu offers: the best first, then what is possible, then the rest, each with the reason why not. */
import type {Facts} from '../core/domain.ts';
import {withOptionNames} from '../core/keys.ts';
import {methodChoices} from '../core/method.ts';
import {fileNameOf} from '../core/overlay.ts';
import type {CreateIntent, DropIntent, Plan, Refusal, RestoreIntent, SaveIntent} from '../core/plan.ts';
import type {Choice} from '../core/recover/recovery.ts';
import {enumerate, formatBytes, printable} from '../core/text.ts';
import {optionWords} from './dialog-options.ts';
import {planned} from './planned.ts';
import {savedFile, saveFile} from './proposals.ts';
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
	if (task === 'recover') return 'What is to be done about it:';
	if (task === 'reclaim') return 'Overlays that no chain and no snapshot has any more:';
	return task === 'memory' ? 'The memory, without the disks:' : 'How the snapshot is taken:';
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

export function menuRows({task, facts, intent, recovery}: Dialog): readonly MenuRow[] {
	if (recovery?.found != null) return recoveryRows(recovery);
	if (task === 'memory' && facts !== null) return memoryRows(facts);
	if (task === 'reclaim' && facts !== null) return reclaimRows(facts);
	if (facts === null || intent?.verb !== 'create') return [];
	return [...methodRows(facts, intent), optionsRow(facts, intent)];
}

function methodRows(facts: Facts, intent: CreateIntent): readonly MenuRow[] {
	const own = planned(facts, {...intent, method: undefined});
	const chosen = 'plan' in own ? own.plan : null;
	const rows = methodChoices(facts, intent).map(({method}): MenuRow => {
		const outcome = planned(facts, {...intent, method: method.id});
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

function reclaimRows(facts: Facts): readonly MenuRow[] {
	return (facts.domain.reclaimable ?? []).map(({file, bytes}): MenuRow => {
		const intent = {verb: 'reclaim', overlay: file} as const;
		const outcome = planned(facts, intent);
		const refusal = 'refusal' in outcome ? outcome.refusal : null;
		return {
			id: file,
			label: `${formatBytes(bytes).padStart(8)}  ${printable(fileNameOf(file))}`,
			note: refusal === null ? '' : 'not here',
			refusal,
			explanation: [...refusalWords(refusal), ...('plan' in outcome ? planWords(outcome.plan) : [])],
			choose: () => ({intent}),
		};
	});
}

type MemoryIntent = SaveIntent | RestoreIntent | DropIntent;

const MEMORY: readonly {
	readonly id: string;
	readonly label: string;
	readonly intent: (facts: Facts) => MemoryIntent;
}[] = [
	{id: 'save', label: 'Save it, the domain stops (managed save)', intent: () => ({verb: 'save'})},
	{
		id: 'save-file',
		label: 'Save it into a file, the domain stops',
		intent: facts => ({verb: 'save', file: saveFile(facts)}),
	},
	{id: 'restore', label: 'Go on from the managed save', intent: () => ({verb: 'restore'})},
	{
		id: 'restore-file',
		label: 'Go on from a file',
		intent: facts => ({verb: 'restore', file: savedFile(facts)}),
	},
	{id: 'drop', label: 'Drop the managed save', intent: () => ({verb: 'drop'})},
	{id: 'drop-file', label: 'Drop a file of saved memory', intent: facts => ({verb: 'drop', file: savedFile(facts)})},
];

function memoryRows(facts: Facts): readonly MenuRow[] {
	const rows = MEMORY.map(({id, label, intent}): MenuRow => {
		const wish = intent(facts);
		const outcome = planned(facts, wish);
		const typed = wish.file !== undefined;
		// What a file holds is only known when it was named.
		const untold = typed && 'refusal' in outcome && ['not-found', 'not-writable'].includes(outcome.refusal.code);
		const refusal = 'refusal' in outcome && !untold ? outcome.refusal : null;
		return {
			id,
			label,
			note: refusal === null ? '' : 'not here',
			refusal,
			explanation: [
				...refusalWords(refusal),
				...('plan' in outcome ? planWords(outcome.plan) : []),
				...(untold ? [{label: 'File', text: 'its path is asked for next'}] : []),
			],
			choose: () => ({intent: wish, steps: typed ? ['menu', 'file', 'review'] : ['menu', 'review']}),
		};
	});
	return rows.toSorted((a, b) => Number(a.refusal !== null) - Number(b.refusal !== null));
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

function planWords({why, steps, losses, pause, warnings}: Plan): readonly Explained[] {
	return [
		{label: 'Why', text: printable(why)},
		{label: 'Plan', text: enumerate(steps.map(({title}) => printable(title)))},
		{label: 'Pause', text: printable(pause)},
		...warnings.map(warning => ({label: 'Warning', text: withOptionNames(printable(warning)), tone: 'warn' as const})),
		...losses.map(loss => ({label: 'Lost', text: printable(loss), tone: 'remove' as const})),
	];
}
