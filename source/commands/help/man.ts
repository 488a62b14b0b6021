/** `virsnap man`: the manual page, written from the same tables as the help. */
import {command} from '../command.ts';
import {Exit, print} from '../context.ts';

export const manCommand = command({
	name: 'man',
	summary: 'print the manual page',
	description: ['For man it is source text. Packages install it; then `man virsnap` shows it.'],
	arguments: [],
	options: {},
	examples: [
		{line: 'man | man -l -', does: 'Read it.'},
		{line: 'man', does: 'Print its source, to install it as share/man/man1/virsnap.1.'},
	],
	async run(context, _, {commands}) {
		const {manualPage} = await import('./manual-page.ts');
		print(context, (await manualPage(commands, context.adapters)).trimEnd());
		return Exit.ok;
	},
});
