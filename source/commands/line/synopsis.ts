/** How a command is typed, made from its arguments and options. */
import type {Argument, Command, Option, Options} from '../command.ts';

/** Options that stand before or behind any command. */
export const globalOptions = {
	connect: {
		value: 'URI',
		short: 'c',
		several: true,
		help: "libvirt to work on, or a host of the configuration; several times for several hosts; default: VIRSH_DEFAULT_CONNECT_URI, LIBVIRT_DEFAULT_URI, the hosts of the configuration, then virsh's own default",
	},
	help: {short: 'h', help: 'show help; after a command: the help of that command'},
	version: {help: 'show the version'},
} as const satisfies Options;

/** "revert DOMAIN TAG [--running | --paused] [--safety] [--yes] [--json]" */
export function synopsis({name, arguments: words, options, exclusive = []}: Command): string {
	const shown = shownOptions(options as Options);
	const listed = new Set<string>();
	const choices = Object.keys(shown).flatMap(option => {
		if (listed.has(option)) return [];
		const group = (exclusive.find(names => names.includes(option)) ?? [option]).filter(one => one in shown);
		for (const one of group) listed.add(one);
		return [`[${group.map(one => `${typedOption(one, shown[one]!)}${shown[one]!.several ? ' …' : ''}`).join(' | ')}]`];
	});
	return [name, ...words.map(typedArgument), ...choices].join(' ');
}

/** Those that help, man page and completion show. */
export function shownOptions(options: Options): Options {
	return Object.fromEntries(Object.entries(options).filter(([, {hidden}]) => !hidden));
}

/** "--method ID" */
export function typedOption(name: string, {value}: Option): string {
	return value === undefined ? `--${name}` : `--${name} ${value}`;
}

function typedArgument({name, optional, rest}: Argument): string {
	return optional && !rest ? `[${name}]` : name;
}

/** How a command is typed, as a hint to whoever typed it otherwise. */
export function usageOf(command: Command): string {
	return `Usage: virsnap ${synopsis(command)}`;
}
