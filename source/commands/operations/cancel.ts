/** `virsnap cancel ID` */
import {command} from '../command.ts';
import {withHypervisor} from '../connection.ts';
import {commandLine, Exit, say} from '../context.ts';

export const cancelCommand = command({
	name: 'cancel',
	summary: 'request that a running operation stops',
	arguments: [{name: 'ID', help: 'the id of its receipt', completes: ['receipt']}],
	options: {},
	examples: [
		{line: 'recover', does: 'List operations that are running or were interrupted.'},
		{line: 'cancel 20261123T143000-363Z-c8aea13f', does: 'Request that this one stops.'},
	],
	run: (context, {words: [id = '']}) =>
		withHypervisor(context, async hypervisor => {
			await hypervisor.cancel(id);
			say(context, `Cancel requested. Follow it with: ${commandLine(context, ['log', id])}`);
			return Exit.ok;
		}),
});
