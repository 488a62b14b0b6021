/** Which hosts a command line is about: those given, else those of the environment, else those of the configuration. */
import type {NamedHost} from '../../core/model/hypervisor.ts';
import {t} from '../../core/words/text.ts';
import type {Command} from '../command.ts';
import {type Context, say, UsageError} from '../context.ts';
import type {CommandLine} from '../line/parse.ts';
import {namedHosts} from './host-names.ts';

/** One at least: null as its URI leaves the choice to virsh. */
export async function chosenHosts(context: Context, line: CommandLine): Promise<readonly NamedHost[]> {
	const {env} = context.io;
	const given = line.connect.filter(uri => uri !== '');
	const twice = given.find((uri, index) => given.indexOf(uri) < index);
	if (twice !== undefined) throw new UsageError(t`-c ${twice} is given twice`, 'Give each host once.');
	if (given.length > 0) return namedHosts(given, (await context.adapters.configuration()).hosts);
	const inEnvironment = env.VIRSH_DEFAULT_CONNECT_URI || env.LIBVIRT_DEFAULT_URI || null;
	const configured = inEnvironment === null && isAboutHosts(line) ? await configuredHosts(context, line.command) : [];
	return configured.length === 0 ? namedHosts([inEnvironment]) : configured;
}

/** `doctor` looks at this machine, whichever hosts there are beside it. */
function isAboutHosts({command, options}: CommandLine): boolean {
	if (options.help || options.version) return false;
	if (command === null || command.hosts === 'all' || command.of !== undefined) return true;
	return command.arguments.some(({completes = []}) =>
		completes.some(one => one === 'domain' || one === 'domain@tag' || one === 'receipt'),
	);
}

async function configuredHosts(context: Context, command: Command | null): Promise<readonly NamedHost[]> {
	const {hosts, unknown, mistakes} = await context.adapters.configuration();
	// What no person typed is not answered in sentences.
	if (command?.hidden) return mistakes.length > 0 ? [] : hosts;
	if (mistakes.length > 0)
		throw new UsageError(mistakes.join('\n'), 'Correct it; until then name the hosts yourself: -c URI.');
	for (const line of unknown) say(context, `virsnap: ${line}`);
	return hosts;
}
