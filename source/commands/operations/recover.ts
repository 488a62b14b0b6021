/** `virsnap recover [ID]`: what was interrupted, what is there now, and what can be done about it. */

import type {Hypervisor} from '../../core/model/hypervisor.ts';
import type {ChoiceId, Recovery} from '../../core/recover/recovery.ts';
import {asCommands, type Typed} from '../../core/words/remedy.ts';
import {t} from '../../core/words/text.ts';
import {execution} from '../change/planned.ts';
import {command, type Values} from '../command.ts';
import {readInventory, withHypervisor} from '../connection.ts';
import {
	type Context,
	commandLine,
	Exit,
	type ExitStatus,
	onHost,
	print,
	printJson,
	say,
	UsageError,
} from '../context.ts';
import {receiptEntry, recoveryEntry} from '../show/documents.ts';

const choices = {
	finish: {help: 'run the remaining steps'},
	'roll-back': {help: 'roll back to the previous state'},
	leave: {help: 'leave everything as it is and close the record'},
	'go-on': {help: 'earlier name of --finish', hidden: true},
	'way-back': {help: 'earlier name of --roll-back', hidden: true},
} as const;

/** The choice that each option makes. */
const chosenBy: Readonly<Record<keyof typeof choices, ChoiceId>> = {
	finish: 'go-on',
	'roll-back': 'way-back',
	leave: 'leave',
	'go-on': 'go-on',
	'way-back': 'way-back',
};

/** How a choice is typed. */
const optionOf = {'go-on': 'finish', 'way-back': 'roll-back', leave: 'leave', close: 'close'} as const satisfies Record<
	ChoiceId,
	string
>;

const recoverOptions = {...choices, ...execution} as const;

type RecoverOptions = Values<typeof recoverOptions>;

export const recoverCommand = command({
	name: 'recover',
	summary: 'list interrupted operations; finish one or roll it back',
	description: [
		'Without ID: every operation that is running or was interrupted. With ID alone: the present state, and the choices; if nothing is left to do, the record is closed.',
	],
	arguments: [{name: 'ID', help: 'the id of the receipt', optional: true, completes: ['receipt']}],
	options: recoverOptions,
	exclusive: [['finish', 'roll-back', 'leave', 'go-on', 'way-back']],
	hosts: 'all',
	examples: [
		{line: 'recover', does: 'List what is running or was interrupted.'},
		{line: 'recover 20261123T143000-363Z-c8aea13f', does: 'See the present state and the choices.'},
		{
			line: 'recover 20261123T143000-363Z-c8aea13f --roll-back',
			does: 'Show the plan of the roll-back, ask, and carry it out.',
		},
	],
	async run(context, {words: [id], options}) {
		if (context.hosts.length > 1)
			return (await import('../hosts/log-all.ts')).logAll(context, options.json === true, 'unfinished');
		return withHypervisor(context, (hypervisor, there) =>
			id === undefined ? listOpen(there, hypervisor, options) : recoverOne(there, hypervisor, id, options),
		);
	},
});

async function listOpen(context: Context, hypervisor: Hypervisor, options: RecoverOptions): Promise<ExitStatus> {
	const open = await hypervisor.unfinished();
	const odd = await hypervisor.oddReceipts();
	if (options.json)
		printJson(context, {
			unfinished: open.map(one => ({...one, receipt: receiptEntry(one.receipt, context)})),
			...(odd.length === 0 ? {} : {odd}),
		});
	else if (open.length === 0) say(context, 'No interrupted operations.');
	else {
		const {receiptTable} = await import('./receipt-text.ts');
		print(context, receiptTable(open.map(({receipt, state}) => ({...receipt, status: state}))));
		say(context, 'See what can be done: virsnap recover ID');
	}

	if (odd.length > 0 && !options.json) {
		const {oddText} = await import('./receipt-text.ts');
		say(context, oddText(odd));
	}

	return Exit.ok;
}

async function recoverOne(
	context: Context,
	hypervisor: Hypervisor,
	id: string,
	options: RecoverOptions,
): Promise<ExitStatus> {
	await readInventory(hypervisor, 'heads');
	const recovery = await hypervisor.recovery(id);
	const option = (Object.keys(choices) as (keyof typeof choices)[]).find(name => options[name]);
	const wanted = option === undefined ? null : chosenBy[option];
	const choice = recovery.choices.find(one => one.id === (wanted ?? 'close'));
	if (!choice && options.json) printJson(context, {...onHost(context), recovery: recoveryEntry(recovery, context)});
	else say(context, recoveryText(recovery, context));
	if (!choice) return noChoice(context, id, recovery, wanted, options);
	if ('plan' in choice && !(await agreed(context, choice, options))) return Exit.refused;
	return carryOut(context, hypervisor, id, choice.id, options);
}

/** Nothing was chosen, or what is not offered. */
function noChoice(
	context: Context,
	id: string,
	{choices: [first]}: Recovery,
	wanted: ChoiceId | null,
	{json}: RecoverOptions,
): ExitStatus {
	if (wanted !== null)
		throw new UsageError(
			`--${optionOf[wanted]} is not available here`,
			`See the choices: ${commandLine(context, ['recover', id])}`,
		);
	if (!json && first)
		say(context, `To choose one: ${commandLine(context, ['recover', id], [`--${optionOf[first.id]}`])}`);
	return Exit.ok;
}

async function agreed(
	context: Context,
	{plan}: Extract<Recovery['choices'][number], {plan: unknown}>,
	{yes}: RecoverOptions,
): Promise<boolean> {
	const [{planText}, {agrees}] = await Promise.all([import('../change/plan-text.ts'), import('../change/ask.ts')]);
	say(context, `\n${planText(plan, context)}\n`);
	return yes === true || agrees(context, plan.confirm);
}

async function carryOut(
	context: Context,
	hypervisor: Hypervisor,
	id: string,
	choice: ChoiceId,
	{json}: RecoverOptions,
): Promise<ExitStatus> {
	const [{exitStatus, tellSteps}, {endingText}] = await Promise.all([
		import('../change/change.ts'),
		import('./receipt-text.ts'),
	]);
	const receipt = await hypervisor.recover(id, choice, tellSteps(context));
	if (json) printJson(context, {...onHost(context), receipt: receiptEntry(receipt, context)});
	say(context, endingText(receipt, context));
	return choice === 'leave' || choice === 'close' ? Exit.ok : exitStatus(receipt);
}

/** What is there, and how each choice is typed. */
function recoveryText({summary, findings, choices, refusals}: Recovery, typed: Typed): string {
	return [
		summary,
		...findings.map(finding => t`  ${finding}`),
		...choices.filter(({id}) => id !== 'close').map(({id, label}) => `--${optionOf[id]}: ${label}`),
		...refusals.map(
			({id, refusal}) => t`not --${optionOf[id]}: ${refusal.reason} ${asCommands(refusal.remedy, typed)}`,
		),
	].join('\n');
}
