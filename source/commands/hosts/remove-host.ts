/** `virsnap hosts remove`: out of the configuration; the host itself is not touched. */
import {enumerate, t} from '../../core/words/text.ts';
import {type Context, Exit, type ExitStatus, say, UsageError} from '../context.ts';

export async function removeHost(context: Context, name: string, clean: boolean): Promise<ExitStatus> {
	const {hosts, file} = await context.adapters.configuration();
	const host = hosts.find(one => one.name === name);
	if (host === undefined) {
		const names = hosts.map(one => one.name);
		const remedy = names.length === 0 ? 'There are no hosts in it.' : t`Hosts: ${enumerate(names)}.`;
		throw new UsageError(t`${file ?? 'The configuration'} has no host ${name}`, remedy);
	}
	// First, since the configuration says where it is.
	if (clean && host.uri !== null) {
		const removed = await context.adapters.cleanThere(host.uri);
		say(
			context,
			removed ? t`Removed the virsnap that was put on ${name}.` : t`No virsnap was put on ${name} from here.`,
		);
	}
	const written = await context.adapters.removeHost(name);
	say(context, t`Removed ${name} from ${written}.`);
	return Exit.ok;
}
