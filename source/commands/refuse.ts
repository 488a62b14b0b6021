/** Saying no: before anything was touched, with the reason and what to do instead. */
import {planDocument} from '../core/json.ts';
import {withoutKeys} from '../core/keys.ts';
import type {Refusal} from '../core/plan.ts';
import {printable} from '../core/text.ts';
import {type Context, Exit, type ExitStatus, printJson, say} from './context.ts';

/** Say why something is not done; as JSON on stdout where that was asked for. */
export function refuse(context: Context, refusal: Refusal, json: boolean): ExitStatus {
	if (json) printJson(context, planDocument({refusal}));
	else say(context, withoutKeys(`Refused: ${printable(refusal.reason)}\n${printable(refusal.remedy)}`));
	return Exit.refused;
}
