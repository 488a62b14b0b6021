/** The program without its process: argv and the outside world in, exit status out. */
import type {Refusal} from '../core/model/refusal.ts';
import {ForeseenError, HostError, RefusalError, remedyOf} from '../core/words/foreseen-error.ts';
import {asCommands} from '../core/words/remedy.ts';
import {shellCommand, t} from '../core/words/text.ts';
import {CommandError, ConnectionError} from '../libvirt/errors.ts';
import {commands} from './catalogue.ts';
import type {Program} from './command.ts';
import {
	type Adapters,
	CannotStart,
	type Context,
	Exit,
	type ExitStatus,
	type Io,
	NoConnection,
	print,
	say,
	UsageError,
} from './context.ts';
import {orAlone} from './hosts/ask-hosts.ts';
import {chosenHosts} from './hosts/chosen-hosts.ts';
import {type CommandLine, parseCommandLine} from './line/parse.ts';
import {printableLines} from './line/printable-lines.ts';
import {sayRefused} from './show/refuse.ts';

/** Run one command line. Resolves with the exit status; rejects only on a bug. */
export async function main(argv: readonly string[], io: Io, adapters: Adapters): Promise<ExitStatus> {
	let json = false;
	let context: Context = {io, uri: null, hosts: [], host: null, ssh: null, receipts: null, adapters};
	try {
		const given = parseCommandLine(commands, argv);
		json = given.options.json === true;
		const hosts = await chosenHosts(context, given);
		context = {...context, uri: hosts[0]!.uri, hosts};
		const found = await toItsHost(context, given);
		if ('refusal' in found) return sayRefused(context, found.refusal, json);
		context = found.context;
		return await dispatch(context, found.given);
	} catch (error) {
		if (error instanceof RefusalError) return sayRefused(context, error.refusal, json);
		const known = explain(context, error);
		if (!known) throw error;
		say(context, printableLines(known.text));
		return known.status;
	}
}

/** Of several hosts the one that the line is about, where it is about one. */
async function toItsHost(
	context: Context,
	given: CommandLine,
): Promise<{readonly context: Context; readonly given: CommandLine} | {readonly refusal: Refusal}> {
	const {command, options} = given;
	if (context.hosts.length === 1 || command === null || options.help) return {context, given};
	const {onItsHost} = await import('./hosts/choose-host.ts');
	const found = await onItsHost(context, {...given, command});
	return 'refusal' in found ? found : {context: found.context, given: {...given, words: found.words}};
}

async function dispatch(context: Context, {command, words, options}: CommandLine): Promise<ExitStatus> {
	if (options.help) {
		const {commandHelp, helpOf} = await import('./help/text.ts');
		return answer(context, command ? commandHelp(command) : helpOf(commands));
	}

	if (options.version) return answer(context, `virsnap ${context.adapters.version} (${context.adapters.built})`);
	if (command) return command.run(context, {words, options}, program);
	return (await import('./start/ui.ts')).uiOrList(context, {}, program);
}

const program: Program = {
	commands,
	async run(context, argv) {
		const found = await toItsHost(context, parseCommandLine(commands, argv));
		if ('refusal' in found) return sayRefused(context, found.refusal, false);
		return dispatch(found.context, found.given);
	},
};

function answer(context: Context, text: string): ExitStatus {
	print(context, text);
	return Exit.ok;
}

/** What to say about an error and how to end; null for what is not expected, a bug. */
function explain(context: Context, error: unknown): Said | null {
	if (error instanceof UsageError) return {status: Exit.usage, text: `virsnap: ${error.message}.\n${error.remedy}`};
	if (error instanceof CannotStart) return {status: Exit.failed, text: `virsnap: ${error.message}.\n${error.remedy}`};
	if (error instanceof NoConnection || error instanceof HostError) {
		const remedy = words(error, context);
		const several = context.host !== null;
		return noConnection(
			context,
			{remedy: several && error.asks ? orAlone(remedy, context.uri) : remedy},
			error.message,
		);
	}
	if (error instanceof ConnectionError) return noConnection(context, error, error.stderr || error.message);
	if (error instanceof CommandError) return {status: Exit.failed, text: failedCommand(error)};
	// Of another host, in that host's words.
	if (error instanceof ForeseenError)
		return {
			status: Exit.failed,
			text: [t`virsnap: ${error.message}`, words(error, context) ?? ''].join('\n').trimEnd(),
		};
	return null;
}

function words(error: ForeseenError, context: Context): string | null {
	const remedy = remedyOf(error);
	return remedy === null ? null : asCommands(remedy, context);
}

type Said = {readonly status: ExitStatus; readonly text: string};

function noConnection(
	{uri, host}: Context,
	{remedy}: Pick<NoConnection | ConnectionError, 'remedy'>,
	words: string,
): Said {
	const where = host !== null ? t` of ${host}` : uri === null ? '' : t` (${uri})`;
	const doctor = shellCommand(['virsnap', ...(host === null || uri === null ? [] : ['-c', uri]), 'doctor']);
	const next = remedy ?? `See what is missing: ${doctor}`;
	return {
		status: Exit.noConnection,
		text: `virsnap: no connection to libvirt${where}\n${printableLines(words.trim())}\n${next}`,
	};
}

function failedCommand({argv, exitCode, stderr, remedy}: CommandError): string {
	const heading = t`virsnap: ${argv[0] ?? ''} failed${exitCode === null ? '' : ` with status ${exitCode}`}`;
	return [heading, printableLines(stderr.trim()), ...(remedy ? [remedy] : [])].join('\n');
}
