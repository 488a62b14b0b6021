/** THE table of commands: drives parsing, help and dispatch. A new command is one row here and one file beside it. */
import type {ParseArgsOptionsConfig} from 'node:util';
import type {Arguments} from './command-line.ts';
import type {Context, ExitStatus} from './context.ts';

export type Run = (context: Context, given: Arguments) => Promise<ExitStatus>;

export type Command = {
	/** How it is typed, without the program's name. */
	readonly synopsis: string;
	readonly summary: string;
	/** Fewest and most words after the command's name. */
	readonly words: readonly [number, number];
	readonly options: ParseArgsOptionsConfig;
	/** Not for people: left out of the help. */
	readonly hidden?: boolean;
	/** Loaded only when the command is run. */
	readonly load: () => Promise<Run>;
};

const flag = {type: 'boolean'} as const;
const text = {type: 'string'} as const;

/** Options of the verbs that a plan can be made of; `plan` takes the same ones. */
export const verbOptions = {
	create: {method: text, description: text, memory: flag, 'disk-only': flag, quiesce: flag, dir: text},
	revert: {running: flag, paused: flag, safety: flag},
	delete: {children: flag, 'metadata-only': flag},
	save: {},
	restore: {running: flag, paused: flag},
	drop: {},
	clone: {},
	reclaim: {},
} as const;

export type PlannedVerb = keyof typeof verbOptions;

const execution = {yes: flag, json: flag};

export const commands: Readonly<Record<string, Command>> = {
	list: {
		synopsis: 'list [DOMAIN] [--json]',
		summary: "domains, or one domain's snapshots",
		words: [0, 1],
		options: {json: flag},
		load: async () => (await import('./list.ts')).list,
	},
	plan: {
		synopsis: 'plan VERB … [--json]',
		summary: 'the plan of any verb that changes something; changes nothing',
		words: [1, 3],
		options: {...verbOptions.create, ...verbOptions.revert, ...verbOptions.delete, json: flag},
		load: async () => (await import('./plan.ts')).plan,
	},
	create: {
		synopsis:
			'create DOMAIN [TAG] [--method ID] [--description TEXT] [--memory | --disk-only] [--quiesce] [--dir DIR] [--yes] [--json]',
		summary: 'take a snapshot',
		words: [1, 2],
		options: {...verbOptions.create, ...execution},
		load: async () => (await import('./create.ts')).create,
	},
	revert: {
		synopsis: 'revert DOMAIN TAG [--running | --paused] [--safety] [--yes] [--json]',
		summary: 'go back to a snapshot',
		words: [2, 2],
		options: {...verbOptions.revert, ...execution},
		load: async () => (await import('./revert.ts')).revert,
	},
	delete: {
		synopsis: 'delete DOMAIN TAG [--children] [--metadata-only] [--yes] [--json]',
		summary: 'remove a snapshot',
		words: [2, 2],
		options: {...verbOptions.delete, ...execution},
		load: async () => (await import('./delete.ts')).deleteSnapshot,
	},
	save: {
		synopsis: 'save DOMAIN [FILE] [--yes] [--json]',
		summary: 'memory snapshot: the domain stops (managed save where no FILE is given)',
		words: [1, 2],
		options: {...verbOptions.save, ...execution},
		load: async () => (await import('./memory.ts')).save,
	},
	restore: {
		synopsis: 'restore FILE | DOMAIN [--running | --paused] [--yes] [--json]',
		summary: 'go on from a memory snapshot',
		words: [1, 1],
		options: {...verbOptions.restore, ...execution},
		load: async () => (await import('./memory.ts')).restore,
	},
	drop: {
		synopsis: 'drop FILE | DOMAIN [--yes] [--json]',
		summary: 'throw a memory snapshot away',
		words: [1, 1],
		options: {...verbOptions.drop, ...execution},
		load: async () => (await import('./memory.ts')).drop,
	},
	clone: {
		synopsis: 'clone DOMAIN NEW [--yes] [--json]',
		summary: 'linked clone: a new domain on overlays of this one',
		words: [2, 2],
		options: {...verbOptions.clone, ...execution},
		load: async () => (await import('./clone.ts')).clone,
	},
	reclaim: {
		synopsis: 'reclaim DOMAIN FILE [--yes] [--json]',
		summary: 'remove an overlay that a revert left and nothing uses any more',
		words: [2, 2],
		options: {...verbOptions.reclaim, ...execution},
		load: async () => (await import('./reclaim.ts')).reclaim,
	},
	log: {
		synopsis: 'log [ID] [--json]',
		summary: 'receipts of what was done',
		words: [0, 1],
		options: {json: flag},
		load: async () => (await import('./log.ts')).log,
	},
	undo: {
		synopsis: 'undo ID [--yes] [--json]',
		summary: 'the way back from what a receipt tells',
		words: [1, 1],
		options: execution,
		load: async () => (await import('./undo.ts')).undo,
	},
	recover: {
		synopsis: 'recover [ID] [--go-on | --way-back | --leave] [--yes] [--json]',
		summary: 'what was cut off: what is there now, and what can be done',
		words: [0, 1],
		options: {...execution, 'go-on': flag, 'way-back': flag, leave: flag},
		load: async () => (await import('./recover.ts')).recover,
	},
	cancel: {
		synopsis: 'cancel ID',
		summary: 'ask an operation that is under way to stop',
		words: [1, 1],
		options: {},
		load: async () => (await import('./cancel.ts')).cancel,
	},
	'carry-out': {
		synopsis: 'carry-out ID --receipts DIR',
		summary: 'what other commands start: carries a receipt out without a terminal',
		words: [1, 1],
		options: {receipts: text},
		hidden: true,
		load: async () => (await import('./carry-out.ts')).carryOut,
	},
	help: {
		synopsis: 'help [COMMAND]',
		summary: 'what --help prints',
		words: [0, 1],
		options: {},
		hidden: true,
		load: async () => (await import('./help.ts')).helpCommand,
	},
	doctor: {
		synopsis: 'doctor [--json]',
		summary: 'what this host offers, what is missing, the command that mends it',
		words: [0, 0],
		options: {json: flag},
		load: async () => (await import('./doctor.ts')).doctor,
	},
	demo: {
		synopsis: 'demo [--json]',
		summary: 'a throw-away hypervisor of real QEMU machines, opened in the UI',
		words: [0, 0],
		options: {json: flag},
		load: async () => (await import('./demo.ts')).demo,
	},
};
