/** `virsnap demo`: a temporary hypervisor, opened in the UI; without a terminal, a tour by commands. Everything is gone afterwards. */
import {t} from '../../core/words/text.ts';
import {command, type Program} from '../command.ts';
import {type Context, Exit, type ExitStatus, say, UsageError} from '../context.ts';
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

/** Of several hosts: which there are, what they have, and that one works there as here. */
const tourOfHosts: typeof tour = [
	['hosts'],
	['list'],
	['create', 'h1/Koan', 'before-upgrade', '--yes'],
	['list', 'h1/Koan'],
	['revert', 'h1/Koan', 'before-upgrade', '--yes'],
	['delete', 'h1/Koan', 'before-upgrade', '--yes'],
];

/** Each has a libvirt and machines of its own. */
const mostHosts = 8;

export const demoCommand = command({
	name: 'demo',
	summary: 'open the UI on a temporary hypervisor of real QEMU machines',
	description: [
		'Your own libvirt is not touched. If stdin or stdout is not a terminal: a tour by commands.',
		`With --hosts several of them, up to ${mostHosts}, each behind a real ssh with keys of its own.`,
	],
	arguments: [],
	options: {
		json: {help: 'print its domains as JSON, then end'},
		hosts: {help: 'this many hosts, each reached by ssh', value: 'N'},
	},
	examples: [
		{line: 'demo', does: 'Start the machines and open the UI on them; they are removed when you quit.'},
		{line: 'demo --hosts 3', does: 'The same on three hosts, seen in one screen.'},
		{line: 'demo | less', does: 'Read a tour of the main commands.'},
	],
	async run(context, {options}, program) {
		const count = options.hosts === undefined ? null : hostCount(options.hosts);
		say(context, 'Starting a private libvirt with real QEMU machines. Yours is not touched.');
		const lab = await context.adapters.startLab(line => say(context, `  ${line}`), count);
		const {hosts, receipts} = lab;
		const inLab: Context = {...context, uri: hosts[0]!.uri, hosts, receipts};
		try {
			if (canShowUi(context.io) || options.json) return await uiOrList(inLab, {json: options.json}, program);
			return await tellTour(inLab, program, count === null ? tour : tourOfHosts);
		} finally {
			await lab.stop();
			say(context, 'The demo is over: its machines, images and libvirt were removed.');
		}
	},
});

function hostCount(text: string): number {
	const count = Number(text);
	if (Number.isInteger(count) && count >= 2 && count <= mostHosts) return count;
	throw new UsageError(t`'${text}' is no number of hosts for the demo`, `Give 2 to ${mostHosts}.`);
}

/** Each command as it would be typed, then what it says. A refusal is part of the tour; a failure ends it. */
async function tellTour(context: Context, program: Program, lines: typeof tour): Promise<ExitStatus> {
	for (const argv of lines) {
		context.io.stdout.write(`\n$ virsnap ${argv.join(' ')}\n`);
		const status = await program.run(context, argv);
		if (status !== Exit.ok && status !== Exit.refused) return status;
	}

	return Exit.ok;
}
