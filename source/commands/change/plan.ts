/** `virsnap plan VERB …`: what a command would do, as text or as JSON. Changes nothing. */
import {command, type Given} from '../command.ts';
import {withHypervisor} from '../connection.ts';
import {type Context, Exit, type ExitStatus, onHost, print, printJson} from '../context.ts';
import {planDocument} from '../show/documents.ts';
import {sayRefused} from '../show/refuse.ts';
import {verbs} from './verbs/verbs.ts';

export const planCommand = command({
	name: 'plan',
	summary: 'show what a command would do, without doing it',
	description: [
		'The plan shows each command, what it changes, what is lost and how to return. If it cannot be done: the reason and what to do instead, with status 3.',
	],
	arguments: [
		{
			name: 'VERB',
			help: `${verbs
				.slice(0, -1)
				.map(({name}) => name)
				.join(', ')} or ${verbs.at(-1)!.name}`,
			completes: [verbs.map(({name}) => name)],
		},
		{name: '…', help: 'the words and options of that command', optional: true, rest: true},
	],
	options: {json: {help: 'print the plan, or the refusal, as JSON'}},
	of: verbs,
	examples: [
		{line: 'plan revert web before-upgrade', does: 'Show what a revert would do and what would be lost.'},
		{line: 'plan create web nightly --json', does: 'The same for a new snapshot, for scripts.'},
	],
	run: (context, {words: [name, ...words], options}) => show(context, name!, {words, options}),
});

async function show(context: Context, name: string, given: Given): Promise<ExitStatus> {
	const request = verbs.find(verb => verb.name === name)!.request(given);
	if ('byEditor' in request) throw (await import('./by-editor.ts')).nothingToChange();
	const [{makeOutcome}, {planText}] = await Promise.all([import('./outcome.ts'), import('./plan-text.ts')]);
	const json = given.options.json === true;
	return withHypervisor(context, async (hypervisor, there) => {
		const outcome = await makeOutcome(hypervisor, request);
		if ('refusal' in outcome) return sayRefused(there, outcome.refusal, json);
		if (json) printJson(there, {...onHost(there), ...planDocument(outcome, there)});
		else print(there, planText(outcome.plan, there));
		return Exit.ok;
	});
}
