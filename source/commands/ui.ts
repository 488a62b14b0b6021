/** `virsnap` without a command: the terminal UI, or `list` where no UI can run. */
import type {Run} from './catalogue.ts';
import {withHypervisor} from './connection.ts';
import {Exit} from './context.ts';

export const uiOrList: Run = async (context, given) => {
	const {stdin, stdout} = context.io;
	if (!stdin.isTTY || !stdout.isTTY) return (await import('./list.ts')).list(context, given);
	await withHypervisor(context, hypervisor => context.adapters.runUi(hypervisor, context.uri));
	return Exit.ok;
};
