/** The manual page in roff (man(7)), from the table of commands and the topics of the help. */
import wrapAnsi from 'wrap-ansi';
import type {Command, Options} from '../command.ts';
import type {Adapters} from '../context.ts';
import {globalOptions, shownOptions, synopsis, typedOption} from '../line/synopsis.ts';
import {summarySentence} from './text.ts';
import {type Section, topics} from './topics.ts';

type Known = Pick<Adapters, 'keys' | 'version'>;

export async function manualPage(commands: readonly Command[], adapters: Known): Promise<string> {
	const shown = commands.filter(({hidden}) => !hidden);
	const sections = await Promise.all(topics.map(topic => topic.sections({adapters: adapters as Adapters})));
	return [
		...beginning(adapters.version),
		heading('OPTIONS'),
		'Put these before or after any command.',
		...optionEntries(globalOptions),
		heading('COMMANDS'),
		...shown.flatMap(commandEntry),
		...topics.flatMap(({name, summary}, index) => topicEntry(titles[name] ?? name, summary, sections[index]!)),
		...ending,
		'',
	].join('\n');
}

const titles: Readonly<Record<string, string>> = {
	keys: 'KEYS',
	methods: 'METHODS',
	health: 'HEALTH',
	exit: 'EXIT STATUS',
};

function beginning(version: string): string[] {
	return [
		'.\\" Written from the table of commands: virsnap man',
		`.TH VIRSNAP 1 "" "virsnap ${version}" "User Commands"`,
		heading('NAME'),
		'virsnap \\- snapshots of KVM/libvirt domains, in a terminal',
		heading('SYNOPSIS'),
		'.B virsnap',
		'.RB [ \\-c',
		'.IR URI ]',
		'.br',
		'.B virsnap',
		'.I COMMAND',
		'.RI [ ARGUMENT " ...]\\&"',
		'.RI [ OPTION " ...]\\&"',
		heading('DESCRIPTION'),
		'virsnap shows what libvirt and the disk images know of snapshots in one list.',
		'It plans each create, revert and delete, shows the plan, carries it out and',
		'verifies the result.',
		'Without a command it opens the terminal UI; if stdin or stdout is not a',
		'terminal, it does the same as',
		'.BR "virsnap list" .',
		'.PP',
		'Data goes to stdout, everything else to stderr.',
		'A command that changes something prints its plan and asks on the terminal,',
		'unless',
		'.B \\-\\-yes',
		'is given.',
	];
}

function commandEntry(command: Command): string[] {
	const {summary, description = [], arguments: words, options, examples} = command;
	return [
		`.SS "${text(`virsnap ${synopsis(command)}`).replaceAll('"', '""')}"`,
		...paragraphs([summarySentence(summary), ...description]),
		...words.flatMap(({name, help}) => entry(`.I "${text(name)}"`, help)),
		...optionEntries(options as Options),
		...(examples.length === 0 ? [] : ['.PP', 'Examples:']),
		...examples.flatMap(({line, does}) => entry(`.B "${text(`virsnap ${line}`)}"`, does)),
	];
}

function optionEntries(options: Options): string[] {
	return Object.entries(shownOptions(options)).flatMap(([name, option]) => {
		const short = option.short === undefined ? '' : `-${option.short}, `;
		return entry(`.B "${text(`${short}${typedOption(name, option)}`)}"`, option.help);
	});
}

function topicEntry(title: string, summary: string, sections: readonly Section[]): string[] {
	return [
		heading(title),
		summarySentence(text(summary)),
		...sections.flatMap(({title: part, rows}) => [
			...(part === null ? [] : [`.SS "${text(part)}"`]),
			...rows.flatMap(([word, meaning]) => entry(`.B "${text(word)}"`, meaning)),
		]),
	];
}

const ending = [
	heading('ENVIRONMENT'),
	...entry(
		'.BR VIRSH_DEFAULT_CONNECT_URI ", " LIBVIRT_DEFAULT_URI',
		'the libvirt to work on, in this order, where -c is not given',
	),
	...entry('.B XDG_STATE_HOME', 'folder for receipts; default: ~/.local/state'),
	...entry('.B XDG_CACHE_HOME', 'folder for compiled code; default: ~/.cache'),
	...entry('.B NO_COLOR', 'no colours'),
	...entry(
		'.B VIRSNAP_DEBUG',
		'a file that gets a line of JSON for each program that was run, each question to libvirt and each change of state, without passwords: for a report of a bug',
	),
	heading('FILES'),
	...entry('.I ~/.local/state/virsnap/receipts', 'what was done, one file for each operation'),
	heading('SEE ALSO'),
	'.BR virsh (1),',
	'.BR qemu-img (1)',
];

/** A word and what it means, set below it. */
function entry(request: string, meaning: string): string[] {
	return ['.TP', request, prose(meaning)];
}

function paragraphs(texts: readonly string[]): string[] {
	return texts.flatMap((one, index) => [...(index === 0 ? [] : ['.PP']), prose(one)]);
}

function heading(title: string): string {
	return `.SH ${title.includes(' ') ? `"${title}"` : title}`;
}

/** Text in lines of a width that mandoc wants; none of them is a request by accident. */
function prose(plain: string): string {
	return wrapAnsi(text(plain), 80).replace(/^(?=[.'])/gm, '\\&');
}

/** Text as roff takes it: a backslash and a dash are themselves, no line is a request by accident, and every locale can show it. */
function text(plain: string): string {
	return plain
		.replaceAll('…', '...')
		.replaceAll('\\', '\\e')
		.replaceAll('-', '\\-')
		.replaceAll('"', '\\(dq')
		.replace(/^[.']/gm, '\\&$&');
}
