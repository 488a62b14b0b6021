/** `virsnap complete SHELL -- WORD…`: what the scripts of `virsnap completion` ask at each Tab. */
import {printable} from '../../core/words/text.ts';
import {type Command, command} from '../command.ts';
import {type Context, Exit, printRaw} from '../context.ts';
import {chosenHosts} from '../hosts/chosen-hosts.ts';
import {splitHost} from '../hosts/host-names.ts';
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
	hosts: 'all',
	hidden: true,
	async run(context, {words: [shell = '', ...typed]}, {commands}) {
		const bash = shell === 'bash' ? splitBash(typed[0] ?? '') : null;
		const words = bash?.words ?? typed;
		const wanted = wantedAt(commands, words);
		const hosts =
			wanted.uris.length > 0 ? await chosenHosts(context, {...nothingTyped, connect: wanted.uris}) : context.hosts;
		const files = filesFor(wanted, hosts);
		if (files !== null) printRaw(context, files);
		else {
			const found = await candidates({...context, uri: hosts[0]!.uri, hosts}, commands, wanted);
			const lines = bash
				? found.flatMap(({text}) => bashReply(text, bash.current, typed[1]) ?? [])
				: found.map(({text, help}) => `${text}\t${printable(help)}`);
			if (lines.length > 0) printRaw(context, lines.join('\n'));
		}

		return Exit.ok;
	},
});

const nothingTyped = {command: null, words: [], options: {}};

/** Files are the shell's own business. Where a domain may stand as well, a slash tells, unless the name of a host is before it. */
function filesFor({completes, current, prefix}: Wanted, hosts: Context['hosts']): ':files' | ':folders' | null {
	if (completes.includes('folder')) return ':folders';
	if (completes.includes('disk=file')) return current.slice(prefix.length).includes('=') ? ':files' : null;
	const ofHost = hosts.length > 1 && splitHost(hosts, current) !== null;
	return completes.includes('file') && (completes.length === 1 || (current.includes('/') && !ofHost)) ? ':files' : null;
}

/** All that fits, but for names that no shell can be handed in one line, and those that would be read as options. */
async function candidates(context: Context, commands: readonly Command[], wanted: Wanted): Promise<Candidate[]> {
	const {candidatesFor} = await import('./candidates.ts');
	const found = await Promise.all(wanted.completes.map(kind => candidatesFor(context, commands, kind, wanted)));
	const named = found
		.flat()
		.filter(({text}) => printable(text) === text && (wanted.ended || wanted.prefix !== '' || !text.startsWith('-')))
		.map(({text, help}) => ({text: `${wanted.prefix}${text}`, help}));
	return [...wanted.options, ...named];
}
