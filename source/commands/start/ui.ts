/** `virsnap` without a command: the terminal UI, or `list` where no UI can run. */
import type {Program, Values} from '../command.ts';
import {withHypervisor} from '../connection.ts';
import {type Context, Exit, type ExitStatus} from '../context.ts';
import {listCommand} from '../show/list.ts';

/** Where stdin or stdout is no terminal it lists, with the options of `list`. */
export async function uiOrList(
	context: Context,
	options: Values<typeof listCommand.options>,
	program: Program,
): Promise<ExitStatus> {
	const {stdin, stdout} = context.io;
	if (!stdin.isTTY || !stdout.isTTY) return listCommand.run(context, {words: [], options}, program);
	await withHypervisor(context, hypervisor => context.adapters.runUi(hypervisor, context.uri));
	return Exit.ok;
}
