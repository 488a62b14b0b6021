/** What the commands that change something have in common: plan, ask, carry out, say how it ended. */

import type {Hypervisor} from '../../core/model/hypervisor.ts';
import type {Outcome, Plan} from '../../core/model/plan.ts';
import type {Receipt} from '../../core/model/receipt.ts';
import type {Refusal} from '../../core/model/refusal.ts';
import {byVirsnap} from '../../core/steps/hints.ts';
import {percentOf, progressWords} from '../../core/words/progress.ts';
import {asCommands, remedy} from '../../core/words/remedy.ts';
import {t} from '../../core/words/text.ts';
import {withHypervisor} from '../connection.ts';
import {type Context, commandLine, Exit, type ExitStatus, onHost, printJson, say} from '../context.ts';
import {readonlyRefusal} from '../hosts/only-looking.ts';
import {endingText, subject} from '../operations/receipt-text.ts';
import {receiptEntry} from '../show/documents.ts';
import {sayRefused} from '../show/refuse.ts';
import {agrees} from './ask.ts';
import {writtenByEditor} from './by-editor.ts';
import {makeOutcome} from './outcome.ts';
import {planText} from './plan-text.ts';
import type {Refused, Request} from './request.ts';

/** Options that every such command takes. */
type Execution = {readonly yes?: unknown; readonly json?: unknown};

/** Carry a request out, after asking for it unless `--yes` was given. */
export function change(context: Context, request: Request | Refused, options: Execution): Promise<ExitStatus> {
	return changeBy(context, options, async hypervisor =>
		makeOutcome(hypervisor, await writtenByEditor(context, hypervisor, request)),
	);
}

/** The same for a plan from wherever. */
export async function changeBy(
	context: Context,
	options: Execution,
	decide: (hypervisor: Hypervisor) => Promise<Outcome>,
): Promise<ExitStatus> {
	const held = readonlyRefusal(context);
	if (held) return sayRefused(context, held, Boolean(options.json));
	return withHypervisor(context, async (hypervisor, there) => {
		// A process for it is loaded while facts are read, or while the person reads the plan.
		if (options.yes) begin(hypervisor);
		const outcome = await decide(hypervisor);
		const json = Boolean(options.json);
		if ('refusal' in outcome) return sayRefused(there, outcome.refusal, json);
		const busy = await unfinishedBusiness(there, hypervisor, outcome.plan);
		if (busy) return sayRefused(there, busy, json);
		if (!options.yes) begin(hypervisor);
		if (options.yes) sayWarnings(there, outcome.plan);
		else if (!(await review(there, outcome.plan))) return Exit.refused;
		const receipt = await hypervisor.carryOut(outcome.plan, tellSteps(there));
		if (json) printJson(there, {...onHost(there), receipt: receiptEntry(receipt, there)});
		say(there, endingText(receipt, there));
		return exitStatus(receipt);
	});
}

/** Where it cannot be, the operation itself says why. */
const begin = (hypervisor: Hypervisor): void => void hypervisor.prepare().catch(() => {});

/** An interrupted operation on this domain is named first; while something is under way nothing else begins. */
async function unfinishedBusiness(context: Context, hypervisor: Hypervisor, plan: Plan): Promise<Refusal | null> {
	const open = await hypervisor.unfinished();
	const ours = open.filter(({receipt}) => receipt.plan.domain.uuid === plan.domain.uuid);
	for (const {receipt} of ours.filter(({state}) => state === 'cut-off')) {
		say(context, t`${subject(receipt.plan)} was interrupted: ${commandLine(context, ['recover', receipt.id])}`);
	}

	const running = ours.find(({state}) => state === 'running')?.receipt;
	if (!running) return null;
	return {
		code: 'busy',
		reason: `${subject(running.plan)} is under way on this domain.`,
		remedy: remedy`Wait for it ${byVirsnap(['log', running.id])}.`,
	};
}

/** Show the plan and ask; false when the person said no. */
async function review(context: Context, plan: Plan): Promise<boolean> {
	say(context, `${planText(plan, context)}\n`);
	return agrees(context, plan.confirm);
}

/** Who is asked nothing is shown no plan: at least what it warns of is in the log of a script. */
function sayWarnings(context: Context, {warnings}: Plan): void {
	for (const warning of warnings) say(context, `Warning: ${asCommands(warning, context)}`);
}

/** Each step is printed on stderr as it starts, then each further tenth of a long one, the first time with the command that stops it. */
export function tellSteps(context: Context): (receipt: Receipt) => void {
	let printed = 0;
	let tenth = -1;
	let offered = false;
	return ({id, plan, steps, progress}) => {
		const begun = steps.filter(step => step.status !== 'pending').length;
		for (; printed < begun; printed++) {
			say(context, t`${printed + 1}/${steps.length} ${plan.steps[printed]?.title ?? ''}`);
			tenth = -1;
		}

		const now = progress ? Math.floor((percentOf(progress) ?? -10) / 10) : -1;
		if (!progress || now <= tenth) return;
		tenth = now;
		say(
			context,
			`  ${progressWords(progress)}${offered ? '' : `; to stop it: ${commandLine(context, ['cancel', id])}`}`,
		);
		offered = true;
	};
}

/** A stale plan touched nothing: that is a refusal. */
export function exitStatus({status}: Receipt): ExitStatus {
	if (status === 'verified') return Exit.ok;
	return status === 'stale' ? Exit.refused : Exit.failed;
}
