/** `virsnap complete SHELL -- WORD…`: what the scripts of `virsnap completion` ask at each Tab. */
import {printable} from '../../core/words/text.ts';
import {type Command, command} from '../command.ts';
import {type Context, Exit, printRaw} from '../context.ts';
import {bashReply, splitBash} from './bash-words.ts';
import {type Candidate, type Wanted, wantedAt} from './line.ts';

export const completeCommand = command({
	name: 'complete',
	summary: 'what Tab offers; the scripts of completion start it',
	arguments: [
		{name: 'SHELL', help: 'bash, zsh or fish'},
		{name: 'WORD', help: 'the words typed; for bash the line, and COMP_WORDBREAKS', rest: true, optional: true},
	],
	options: {},
	examples: [],
	hidden: true,
	async run(context, {words: [shell = '', ...typed]}, {commands}) {
		const bash = shell === 'bash' ? splitBash(typed[0] ?? '') : null;
		const words = bash?.words ?? typed;
		const wanted = wantedAt(commands, words);
		const files = filesFor(wanted, words.at(-1) ?? '');
		if (files !== null) printRaw(context, files);
		else {
			const found = await candidates(context, commands, wanted);
			const lines = bash
				? found.flatMap(({text}) => bashReply(text, bash.current, typed[1]) ?? [])
				: found.map(({text, help}) => `${text}\t${printable(help)}`);
			if (lines.length > 0) printRaw(context, lines.join('\n'));
		}

		return Exit.ok;
	},
});

/** Files are the shell's own business. Where a domain may stand as well, a slash tells. */
function filesFor({completes}: Wanted, current: string): ':files' | ':folders' | null {
	if (completes.includes('folder')) return ':folders';
	return completes.includes('file') && (completes.length === 1 || current.includes('/')) ? ':files' : null;
}

/** All that fits, but for names that no shell can be handed in one line, and those that would be read as options. */
async function candidates(context: Context, commands: readonly Command[], wanted: Wanted): Promise<Candidate[]> {
	const {candidatesFor} = await import('./candidates.ts');
	const there = {...context, uri: wanted.uri ?? context.uri};
	const found = await Promise.all(wanted.completes.map(kind => candidatesFor(there, commands, kind, wanted)));
	const named = found
		.flat()
		.filter(({text}) => printable(text) === text && (wanted.ended || wanted.prefix !== '' || !text.startsWith('-')))
		.map(({text, help}) => ({text: `${wanted.prefix}${text}`, help}));
	return [...wanted.options, ...named];
}
