/** `virsnap completion bash|zsh|fish`: the script that makes Tab work. */
import {command} from '../command.ts';
import {Exit, printRaw, UsageError} from '../context.ts';
import {nearest} from '../line/nearest.ts';
import {scripts} from './scripts.ts';

const shells = Object.keys(scripts);

export const completionCommand = command({
	name: 'completion',
	summary: 'print the script that makes Tab complete commands, options, domains and tags',
	description: [
		'Each Tab asks libvirt for domains and tags, for one second at most; another host over ssh for three, and nobody for a password.',
		'bash: put this into ~/.bashrc: source <(virsnap completion bash)',
		'zsh: put this into ~/.zshrc, after compinit: source <(virsnap completion zsh)',
		'fish: virsnap completion fish > ~/.config/fish/completions/virsnap.fish',
	],
	arguments: [{name: 'SHELL', help: 'bash, zsh or fish', completes: [shells]}],
	options: {},
	examples: [
		{line: 'completion bash', does: 'Print the script for bash.'},
		{line: 'completion zsh', does: 'Print the script for zsh.'},
	],
	async run(context, {words: [shell = '']}) {
		const script = Object.hasOwn(scripts, shell) ? scripts[shell] : undefined;
		if (script === undefined) throw noSuchShell(shell);
		printRaw(context, script.trimEnd());
		return Exit.ok;
	},
});

function noSuchShell(shell: string): UsageError {
	const guess = nearest(shell, shells);
	return new UsageError(
		`There is no script for this shell`,
		guess === null ? `Shells: ${shells.join(', ')}` : `Did you mean virsnap completion ${guess}?`,
	);
}
