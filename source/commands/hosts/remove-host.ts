/** `virsnap hosts remove`: out of the configuration; the host itself is not touched. */
import {enumerate, t} from '../../core/words/text.ts';
import {type Context, Exit, type ExitStatus, say, UsageError} from '../context.ts';

export async function removeHost(context: Context, name: string): Promise<ExitStatus> {
	const {hosts, file} = await context.adapters.configuration();
	if (hosts.every(host => host.name !== name)) {
		const names = hosts.map(host => host.name);
		const remedy = names.length === 0 ? 'There are no hosts in it.' : t`Hosts: ${enumerate(names)}.`;
		throw new UsageError(t`${file ?? 'The configuration'} has no host ${name}`, remedy);
	}
	const written = await context.adapters.removeHost(name);
	say(context, t`Removed ${name} from ${written}.`);
	return Exit.ok;
}
