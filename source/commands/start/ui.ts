/** `virsnap` without a command: the terminal UI, or `list` where no UI can run. */
import type {Program, Values} from '../command.ts';
import {openNamed} from '../connection.ts';
import {type Context, Exit, type ExitStatus, say} from '../context.ts';
import {listCommand} from '../show/list.ts';

/** Whether a UI can be shown: on a terminal that places text, which a dumb one (terminfo: Emacs' shell, some consoles) does not. */
export function canShowUi({stdin, stdout, env}: Context['io']): boolean {
	return Boolean(stdin.isTTY && stdout.isTTY) && env.TERM !== 'dumb';
}

/** Where no UI can be shown it lists, with the options of `list`. */
export async function uiOrList(
	context: Context,
	options: Values<typeof listCommand.options>,
	program: Program,
): Promise<ExitStatus> {
	if (!canShowUi(context.io)) {
		if (context.io.stdout.isTTY && context.io.env.TERM === 'dumb')
			say(context, 'This terminal cannot show the UI (TERM=dumb). The list, and commands for the rest: virsnap --help');
		return listCommand.run(context, {words: [], options}, program);
	}
	const {adapters, hosts} = context;
	const alone = hosts.length < 2;
	const opened = hosts.map(host => ({
		name: alone ? null : host.name,
		uri: host.uri,
		...(host.readonly && {readonly: host.readonly}),
		...(host.color && {color: host.color}),
		hypervisor: openNamed(context, host),
	}));
	try {
		await adapters.runUi(opened);
	} finally {
		await Promise.all(opened.map(({hypervisor}) => hypervisor.close()));
	}
	return Exit.ok;
}
