/** Saying no: before anything was touched, with the reason and what to do instead. */
import type {Refusal} from '../core/plan.ts';
import {printable} from '../core/text.ts';
import {type Context, Exit, type ExitStatus, printJson, say} from './context.ts';

/** Say why something is not done; as JSON on stdout where that was asked for. */
export function refuse(context: Context, {code, reason, remedy}: Refusal, json: boolean): ExitStatus {
	if (json) printJson(context, {refusal: {code, reason, remedy}});
	else say(context, `Refused: ${printable(reason)}\n${printable(remedy)}`);
	return Exit.refused;
}
