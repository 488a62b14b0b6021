/** `virsnap agent`: this host's hypervisor on stdin and stdout, for a virsnap on another machine. ssh starts it. */
import {command} from '../command.ts';
import {withHypervisor} from '../connection.ts';
import {Exit} from '../context.ts';

export const agentCommand = command({
	name: 'agent',
	summary: 'serve this host to virsnap on another machine; ssh starts it',
	arguments: [],
	options: {},
	examples: [],
	hidden: true,
	async run(context) {
		await withHypervisor(context, hypervisor => context.adapters.serveAgent(hypervisor));
		return Exit.ok;
	},
});
