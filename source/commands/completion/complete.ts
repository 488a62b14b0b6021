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
		if (files !== null) printRaw(context, bash || files.before === '' ? files.kind : `${files.kind}\n${files.before}`);
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

/**
 * Files are the shell's own business. Where a domain may stand as well, a slash tells, unless the name of a host is before it. `before`:
 * what stands before the path in the same word, which bash takes for a word of its own.
 */
function filesFor(
	{completes, current, prefix}: Wanted,
	hosts: Context['hosts'],
): {readonly kind: ':files' | ':folders'; readonly before: string} | null {
	if (completes.includes('folder')) return {kind: ':folders', before: prefix};
	if (completes.includes('disk=file')) {
		const equals = current.indexOf('=', prefix.length);
		return equals === -1 ? null : {kind: ':files', before: current.slice(0, equals + 1)};
	}
	const ofHost = hosts.length > 1 && splitHost(hosts, current) !== null;
	const isFile = completes.includes('file') && (completes.length === 1 || (current.includes('/') && !ofHost));
	return isFile ? {kind: ':files', before: prefix} : null;
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
