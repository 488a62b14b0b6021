/** Help, written from the command table. */
import {commands, type Run, verbOptions} from './catalogue.ts';
import {unknownCommand} from './command-line.ts';
import {Exit, print} from './context.ts';

/** `virsnap help [COMMAND]`: what `--help` prints. */
export const helpCommand: Run = async (context, {words: [name = null]}) => {
	if (name !== null && !Object.hasOwn(commands, name)) throw unknownCommand(name);
	print(context, help(name));
	return Exit.ok;
};

const global = `  -c, --connect URI   libvirt to work on; else VIRSH_DEFAULT_CONNECT_URI, LIBVIRT_DEFAULT_URI, virsh's own default
  -h, --help          this text; after a command: how that command is typed
      --version       the version`;

const statuses =
	'Exit status: 0 done and verified, 1 failed, 2 wrong usage, 3 refused before anything was touched, 4 no connection.';

/** What `virsnap --help` prints, or `virsnap COMMAND --help`. */
export function help(name: string | null): string {
	const command = name === null ? undefined : commands[name];
	if (command)
		return `virsnap ${command.synopsis}\n\n  ${command.summary}\n${notes(name ?? '')}\nOptions:\n${global}\n\n${statuses}`;
	const shown = Object.entries(commands).filter(([, {hidden}]) => !hidden);
	const width = Math.max(...shown.map(([key]) => key.length));
	const rows = shown.map(([key, {summary}]) => `  ${key.padEnd(width)}  ${summary}`);
	return [
		'virsnap: snapshots of KVM/libvirt domains, in a terminal',
		'',
		'virsnap [-c URI]             the terminal UI; where stdin or stdout is no terminal: the same as list',
		'virsnap COMMAND …            one of these; see how it is typed: virsnap COMMAND --help',
		'',
		...rows,
		'',
		'Options:',
		global,
		'',
		statuses,
	].join('\n');
}

const verbs = Object.keys(verbOptions)
	.join(', ')
	.replace(/, (?=[^,]*$)/, ' or ');

const details: Readonly<Record<string, string>> = {
	plan: `
  VERB … is ${verbs} with its words
  and options, as in: virsnap plan revert web before-upgrade
  The plan shows commands, changes, losses and the way back. A refusal ends with status 3.
`,
	create: `
  --method ID         libvirt-internal, qemu-img, monitor, external-offline, external-live or external-full;
                      left out: chosen, and said why
  --description TEXT  kept by libvirt
  --memory            the memory has to be part of it
  --disk-only         the disks alone
  --quiesce           freeze the filesystems through the guest agent first
  --dir DIR           folder for new overlays
  --yes               do not ask
  --json              print the receipt (or the refusal) as JSON
`,
	revert: `
  --running, --paused state wanted afterwards; left out: the one the snapshot was taken in
  --safety            take a snapshot of the present state first
  --yes               do not ask
  --json              print the receipt (or the refusal) as JSON
`,
	delete: `
  --children          those that were taken after it, too
  --metadata-only     only libvirt's knowledge of it; the data stays
  --yes               do not ask
  --json              print the receipt (or the refusal) as JSON
`,
	recover: `
  Without ID: everything that is under way or was cut off. With ID alone: what is there now, and the choices; where
  nothing is left to do the receipt is closed.
  --go-on             finish what is missing
  --way-back          take back what is there
  --leave             touch nothing, and close the receipt
  --yes               do not ask
`,
};

function notes(name: string): string {
	return details[name] ?? '';
}
