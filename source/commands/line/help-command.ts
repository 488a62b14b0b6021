/** `virsnap help [COMMAND]`: what `--help` prints. */
import {command} from '../command.ts';
import {Exit, print} from '../context.ts';
import {unknownCommand} from './parse.ts';

export const help = command({
	name: 'help',
	summary: 'show the help of a command',
	arguments: [{name: 'COMMAND', help: 'a command; default: the list of all', optional: true, completes: ['topic']}],
	options: {},
	examples: [
		{line: 'help', does: 'List all commands.'},
		{line: 'help create', does: 'Show how create is typed, with each option.'},
	],
	async run(context, {words: [name]}, {commands}) {
		const {commandHelp, helpOf} = await import('./help.ts');
		const subject = commands.find(known => known.name === name);
		if (name !== undefined && !subject) throw unknownCommand(commands, name);
		print(context, subject ? commandHelp(subject) : helpOf(commands));
		return Exit.ok;
	},
});
