/** `virsnap plan VERB …`: what a command would do, as text or as JSON. Changes nothing. */

import {commands, type PlannedVerb, type Run, verbOptions} from './catalogue.ts';
import {type Arguments, checkWords, usageHint} from './command-line.ts';
import {withHypervisor} from './connection.ts';
import {Exit, print, printJson, UsageError} from './context.ts';
import {planDocument} from './documents.ts';
import {requests} from './intent.ts';
import {makeOutcome} from './outcome.ts';
import {planText} from './plan-text.ts';
import {refuse} from './refuse.ts';

export const plan: Run = async (context, given) => {
	const request = readRequest(given);
	const outcome = await withHypervisor(context, hypervisor => makeOutcome(hypervisor, request));
	if ('refusal' in outcome) return refuse(context, outcome.refusal, Boolean(given.options.json));
	if (given.options.json) printJson(context, planDocument(outcome));
	else print(context, planText(outcome.plan));
	return Exit.ok;
};

/** Hold what follows `plan` to the rules of the verb it names. */
function readRequest({words: [verb = '', ...words], options}: Arguments) {
	if (!isPlanned(verb)) throw noPlan(verb);
	const foreign = Object.keys(options).find(key => isVerbOption(key) && !(key in verbOptions[verb]));
	if (foreign) throw new UsageError(`${verb} takes no --${foreign}`, usageHint(verb));
	checkWords(verb, words);
	return requests[verb]({words, options});
}

function isPlanned(verb: string): verb is PlannedVerb {
	return Object.hasOwn(verbOptions, verb);
}

function isVerbOption(key: string): boolean {
	return Object.values(verbOptions).some(options => key in options);
}

function noPlan(verb: string): UsageError {
	const hint = `Plans are made of ${Object.keys(verbOptions).join(', ')}`;
	return commands[verb]
		? new UsageError(`no plan is made of ${verb}`, hint)
		: new UsageError(`There is no verb '${verb}'`, hint);
}
