/** What create, revert and delete have in common: plan, ask, carry out, say how it ended. */
import type {Hypervisor} from '../core/hypervisor.ts';
import type {Plan} from '../core/plan.ts';
import type {Receipt} from '../core/receipt.ts';
import {printable} from '../core/text.ts';
import {agrees} from './ask.ts';
import type {Arguments} from './command-line.ts';
import {withHypervisor} from './connection.ts';
import {type Context, Exit, type ExitStatus, printJson, say} from './context.ts';
import type {Request} from './intent.ts';
import {makeOutcome} from './outcome.ts';
import {planText} from './plan-text.ts';
import {endingText} from './receipt-text.ts';
import {refuse} from './refuse.ts';

/** Carry a request out, after asking for it unless `--yes` was given. */
export async function change(context: Context, request: Request, {options}: Arguments): Promise<ExitStatus> {
	return withHypervisor(context, async hypervisor => {
		const outcome = await makeOutcome(hypervisor, request);
		const json = Boolean(options.json);
		if ('refusal' in outcome) return refuse(context, outcome.refusal, json);
		if (!options.yes && !(await review(context, outcome.plan))) return Exit.refused;
		const receipt = await carryOut(context, hypervisor, outcome.plan);
		if (json) printJson(context, {receipt});
		say(context, endingText(receipt));
		return exitStatus(receipt);
	});
}

/** Show the plan and ask; false when the person said no. */
async function review(context: Context, plan: Plan): Promise<boolean> {
	say(context, `${planText(plan)}\n`);
	const agreed = await agrees(context, plan.confirm);
	if (!agreed) say(context, 'Nothing was changed.');
	return agreed;
}

/** Run the plan; each step is told on stderr as it starts. */
function carryOut(context: Context, hypervisor: Hypervisor, plan: Plan): Promise<Receipt> {
	let told = 0;
	return hypervisor.carryOut(plan, ({steps}) => {
		const begun = steps.filter(step => step.status !== 'pending').length;
		for (; told < begun; told++)
			say(context, `${told + 1}/${steps.length} ${printable(plan.steps[told]?.title ?? '')}`);
	});
}

/** A stale plan touched nothing: that is a refusal. */
function exitStatus({status}: Receipt): ExitStatus {
	if (status === 'verified') return Exit.ok;
	return status === 'stale' ? Exit.refused : Exit.failed;
}
