/** `virsnap demo`: a throw-away hypervisor, opened in the UI; without a terminal, a tour by commands. Everything is gone afterwards. */
import type {Run} from './catalogue.ts';
import {parseCommandLine} from './command-line.ts';
import {type Context, Exit, type ExitStatus, say} from './context.ts';
import {uiOrList} from './ui.ts';

/** The main job, told by commands: what a running and a shut-off domain get, the way back, and a refusal that saves a domain. */
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

export const demo: Run = async (context, given) => {
	say(context, 'Starting a private libvirt with real QEMU machines. Yours is not touched.');
	const lab = await context.adapters.startLab(line => say(context, `  ${line}`));
	const {stdin, stdout} = context.io;
	const inLab = {...context, uri: lab.uri, receipts: lab.receipts};
	try {
		if ((stdin.isTTY && stdout.isTTY) || given.options.json) return await uiOrList(inLab, given);
		return await tellTour(inLab);
	} finally {
		await lab.stop();
		say(context, 'The demo is over: its machines, images and libvirt are gone.');
	}
};

/** Each command as it would be typed, then what it says. A refusal is part of the tour; a failure ends it. */
async function tellTour(context: Context): Promise<ExitStatus> {
	const {commands} = await import('./catalogue.ts');
	for (const argv of tour) {
		context.io.stdout.write(`\n$ virsnap ${argv.join(' ')}\n`);
		const given = parseCommandLine(argv);
		const run = await commands[given.command!]!.load();
		const status = await run(context, given);
		if (status !== Exit.ok && status !== Exit.refused) return status;
	}

	return Exit.ok;
}
