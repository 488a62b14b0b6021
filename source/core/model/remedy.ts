/**
 * What a person can do next, as data: text with actions in it. The terminal UI shows an action as its key, the command line as the
 * command to type, and a receipt keeps it as it is.
 */

/** Actions of the terminal UI that a remedy names, as its key table calls them. */
export const keyActions = [
	'start',
	'shutdown',
	'destroy',
	'pause-resume',
	'memory',
	'delete',
	'protect',
	'recover',
] as const;

export type KeyAction = (typeof keyActions)[number];

/** Something to run. */
type Run = {
	/** What does the same in the terminal UI; null where only the command does. */
	readonly does: KeyAction | null;
	/** UUID of the domain it is about; null where it is about none, or about the one shown. */
	readonly domain: string | null;
	/** A line for a shell of the machine that the hypervisor is on, quoted; null where there is nothing to type. */
	readonly command: string | null;
};

/** A line of virsnap itself. The first word is the command; the second, where there is one, is a domain, a receipt or a file on the host. */
export type OwnLine = {readonly words: readonly string[]; readonly options: readonly string[]};

/** The same by virsnap itself, one line after the other: typed where the person sits, who has to name the host where there are several. */
type RunVirsnap = Pick<Run, 'does' | 'domain'> & {readonly virsnap: readonly OwnLine[]};

/** An option of the command line, such as `--dir`; the terminal UI has a row for it. */
type Option = {readonly option: string};

export type RemedyAction = Run | RunVirsnap | Option;

/** Plain text is a remedy too, as in receipts of earlier versions. All of its text is printable. */
export type Remedy = string | readonly (string | RemedyAction)[];
