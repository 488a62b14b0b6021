/** `virsnap demo`: a temporary hypervisor, opened in the UI; without a terminal, a tour by commands. Everything is gone afterwards. */
import {command, type Program} from '../command.ts';
import {type Context, Exit, type ExitStatus, say} from '../context.ts';
import {canShowUi, uiOrList} from './ui.ts';

/** The main job, shown by commands: what a running and a shut-off domain get, the undo, and a refusal that saves a domain. */
const tour: readonly (readonly string[])[] = [
	['list'],
	['plan', 'create', 'Koan', 'before-upgrade'],
	['create', 'Koan', 'before-upgrade', '--yes'],
	['plan', 'create', 'web-stopped', 'before-upgrade'],
	['create', 'web-stopped', 'before-upgrade', '--yes'],
	['list', 'Koan'],
	['revert', 'Koan', 'before-upgrade', '--yes'],
	['delete', 'Koan', 'before-upgrade', '--yes'],
	['revert', 'web-stopped', 'before-upgrade', '--yes'],
	['delete', 'web-stopped', 'before-upgrade', '--yes'],
	['revert', 'orphaned', 'lost', '--yes'],
	['list', 'web-stopped'],
];

export const demoCommand = command({
	name: 'demo',
	summary: 'open the UI on a temporary hypervisor of real QEMU machines',
	description: ['Your own libvirt is not touched. If stdin or stdout is not a terminal: a tour by commands.'],
	arguments: [],
	options: {json: {help: 'print its domains as JSON, then end'}},
	examples: [
		{line: 'demo', does: 'Start the machines and open the UI on them; they are removed when you quit.'},
		{line: 'demo | less', does: 'Read a tour of the main commands.'},
	],
	async run(context, {options}, program) {
		say(context, 'Starting a private libvirt with real QEMU machines. Yours is not touched.');
		const lab = await context.adapters.startLab(line => say(context, `  ${line}`));
		const inLab: Context = {...context, uri: lab.uri, hosts: [{name: 'demo', uri: lab.uri}], receipts: lab.receipts};
		try {
			if (canShowUi(context.io) || options.json) return await uiOrList(inLab, options, program);
			return await tellTour(inLab, program);
		} finally {
			await lab.stop();
			say(context, 'The demo is over: its machines, images and libvirt were removed.');
		}
	},
});

/** Each command as it would be typed, then what it says. A refusal is part of the tour; a failure ends it. */
async function tellTour(context: Context, program: Program): Promise<ExitStatus> {
	for (const argv of tour) {
		context.io.stdout.write(`\n$ virsnap ${argv.join(' ')}\n`);
		const status = await program.run(context, argv);
		if (status !== Exit.ok && status !== Exit.refused) return status;
	}

	return Exit.ok;
}
