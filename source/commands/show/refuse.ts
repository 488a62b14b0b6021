/** Saying no: before anything was touched, with the reason and what to do instead. */

import type {Refusal} from '../../core/model/refusal.ts';
import {asCommands} from '../../core/words/remedy.ts';
import {t} from '../../core/words/text.ts';
import {type Context, Exit, type ExitStatus, printJson, say} from '../context.ts';
import {planDocument} from './documents.ts';

/** Say why something is not done; with --json as JSON on stdout. */
export function sayRefused(context: Context, refusal: Refusal, json: boolean): ExitStatus {
	if (json) printJson(context, planDocument({refusal}, context));
	else say(context, t`Refused: ${refusal.reason}\n${asCommands(refusal.remedy, context)}`);
	return Exit.refused;
}
