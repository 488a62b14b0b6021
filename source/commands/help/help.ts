/** `virsnap help [COMMAND | TOPIC]`: what `--help` prints, and topics that belong to no single command. */
import {t} from '../../core/words/text.ts';
import {command} from '../command.ts';
import {Exit, print, UsageError} from '../context.ts';
import {nearest} from '../line/nearest.ts';
import {topicNames} from './topic-names.ts';

export const helpCommand = command({
	name: 'help',
	summary: `show the help of a command, or of a topic: ${topicNames.join(', ')}`,
	arguments: [
		{
			name: 'COMMAND | TOPIC',
			help: `a command, or one of ${topicNames.join(', ')}; default: the list of commands`,
			optional: true,
			completes: ['command', topicNames],
		},
	],
	options: {},
	examples: [
		{line: 'help create', does: 'Show how create is typed, with each option.'},
		{line: 'help keys', does: 'List the keys of the terminal UI.'},
		{line: 'help health', does: 'Explain ok, orphaned and the other health words of the list.'},
	],
	async run(context, {words: [name]}, {commands}) {
		const [{commandHelp, helpOf}, {topics, topicText}] = await Promise.all([
			import('./text.ts'),
			import('./topics.ts'),
		]);
		const subject = commands.find(known => known.name === name);
		const topic = topics.find(known => known.name === name);
		if (subject) print(context, commandHelp(subject));
		else if (topic) print(context, await topicText(topic, context));
		else if (name === undefined) print(context, helpOf(commands));
		else throw unknown(name, [...commands.filter(({hidden}) => !hidden).map(known => known.name), ...topicNames]);
		return Exit.ok;
	},
});

function unknown(name: string, known: readonly string[]): UsageError {
	const guess = nearest(name, known);
	return new UsageError(
		t`There is no help on '${name}'`,
		guess === null ? 'See the commands and topics: virsnap help' : `Did you mean virsnap help ${guess}?`,
	);
}
