/** `virsnap recover [ID]`: what was cut off, what is there now, and what can be done about it. */
import type {Hypervisor} from '../core/model/hypervisor.ts';
import type {ChoiceId, Recovery} from '../core/recover/recovery.ts';
import {withoutKeys} from '../core/words/keys.ts';
import {printable, t} from '../core/words/text.ts';
import {agrees} from './ask.ts';
import type {Run} from './catalogue.ts';
import {exitStatus, tellSteps} from './change.ts';
import {type Arguments, usageHint} from './command-line.ts';
import {readInventory, withHypervisor} from './connection.ts';
import {type Context, Exit, type ExitStatus, print, printJson, say, UsageError} from './context.ts';
import {planText} from './plan-text.ts';
import {endingText, receiptTable} from './receipt-text.ts';

export const recover: Run = (context, given) => {
	const [id] = given.words;
	const wanted = wantedChoice(given);
	return withHypervisor(context, hypervisor =>
		id === undefined ? listOpen(context, hypervisor, given) : recoverOne(context, hypervisor, id, wanted, given),
	);
};

function wantedChoice({options}: Arguments): ChoiceId | null {
	const wanted = (['go-on', 'way-back', 'leave'] as const).filter(id => options[id]);
	if (wanted.length > 1) throw new UsageError('Only one choice can be taken', usageHint('recover'));
	return wanted[0] ?? null;
}

async function listOpen(context: Context, hypervisor: Hypervisor, {options}: Arguments): Promise<ExitStatus> {
	const open = await hypervisor.unfinished();
	if (options.json) printJson(context, {unfinished: open});
	else if (open.length === 0) say(context, 'Nothing was cut off.');
	else {
		print(context, receiptTable(open.map(({receipt, state}) => ({...receipt, status: state}))));
		say(context, 'What can be done about one: virsnap recover ID');
	}
	return Exit.ok;
}

async function recoverOne(
	context: Context,
	hypervisor: Hypervisor,
	id: string,
	wanted: ChoiceId | null,
	{options}: Arguments,
): Promise<ExitStatus> {
	await readInventory(hypervisor);
	const recovery = await hypervisor.recovery(id);
	const choice = recovery.choices.find(one => one.id === (wanted ?? 'close'));
	if (options.json && !choice) printJson(context, {recovery});
	else say(context, recoveryText(recovery));
	if (!choice) {
		if (wanted === null) {
			if (!options.json) say(context, t`To take one: virsnap recover ${id} --${recovery.choices[0]!.id}`);
			return Exit.ok;
		}
		throw new UsageError(`${wanted} is no choice here`, usageHint('recover'));
	}

	if ('plan' in choice) {
		say(context, `\n${planText(choice.plan)}\n`);
		if (!options.yes && !(await agrees(context, choice.plan.confirm))) return Exit.refused;
	}

	const receipt = await hypervisor.recover(id, choice.id, tellSteps(context));
	if (options.json) printJson(context, {receipt});
	say(context, endingText(receipt));
	return choice.id === 'leave' || choice.id === 'close' ? Exit.ok : exitStatus(receipt);
}

/** What is there, and how each choice is typed. */
function recoveryText({summary, findings, choices, refusals}: Recovery): string {
	return [
		summary,
		...findings.map(finding => t`  ${finding}`),
		...choices.filter(({id}) => id !== 'close').map(({id, label}) => `--${id}: ${label}`),
		...refusals.map(
			({id, refusal}) => t`not --${id}: ${withoutKeys(printable(`${refusal.reason} ${refusal.remedy}`))}`,
		),
	].join('\n');
}
