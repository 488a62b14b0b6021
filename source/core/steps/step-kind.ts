/** What the file of a kind of step has to answer. */
import type {GenericSchema} from 'valibot';
import type {Does, DoesOf, Kind} from '../model/does.ts';
import type {Facts} from '../model/facts.ts';
import type {Plan} from '../model/plan.ts';
import type {Change, Step} from '../model/step.ts';

/**
 * - done, not-done: the facts show it
 * - half: something of it happened, or something else did; its own command cannot simply be run again
 * - unseen: the facts cannot show it
 */
export type Sign = 'done' | 'not-done' | 'half' | 'unseen';

/** What can be asked about a step while it runs, and how it is broken off; null where it cannot be. */
export type StepJob = LibvirtJob | FileJob;

/** The job that libvirt has open. */
type LibvirtJob = {
	readonly uuid: string;
	/** Targets of the disks that it has a block job on; null: it is the domain's own job. */
	readonly disks: readonly string[] | null;
	/** The command of virsh that breaks it off; null where libvirt cannot. */
	readonly abort: readonly string[] | null;
};

/** The step's own program fills a file, up to about so many bytes. It can be ended: what it leaves is removed. */
type FileJob = {readonly fills: string; readonly bytes: number; readonly abort: 'end its program'};

export type StepKind<K extends Kind = Kind> = {
	/** What `does` has to be when it is read from a file. */
	readonly schema: GenericSchema<unknown, DoesOf<K>>;
	readonly argv: (does: DoesOf<K>) => readonly string[];
	/** See `Step.success`. */
	readonly success: Step['success'];
	/** What follows from it alone; null where only the planner knows, who says it. */
	readonly changes: ((does: DoesOf<K>) => readonly Change[]) | null;
	/** What takes exactly this back; null where nothing does. */
	readonly undo: (does: DoesOf<K>) => Does | null;
	/** Whether it has happened, by the facts as they are now. */
	readonly evidence: (does: DoesOf<K>, plan: Plan, facts: Facts) => Sign;
	/** Whether doing it once more gives the same. */
	readonly repeatable: boolean;
	/** What to ask about it while it runs, and how to break it off; null where nothing can be asked. */
	readonly job: (does: DoesOf<K>, plan: Pick<Plan, 'expect'>) => StepJob | null;
	/** Images that this program itself writes to, with the rights of whoever runs it; libvirt's own have none. */
	readonly writesImages: (does: DoesOf<K>) => readonly string[];
	/** Files that this program itself makes or removes, so that it needs to write to their folders. */
	readonly writesFolders: (does: DoesOf<K>) => readonly string[];
	/** Files that come into being by it, whoever makes them. */
	readonly makes: (does: DoesOf<K>) => readonly string[];
	/** Files that it removes. */
	readonly removes: (does: DoesOf<K>) => readonly string[];
	/** Files that must not be there right before it. */
	readonly absent: (does: DoesOf<K>) => readonly string[];
	/** Files that it writes to, removes or depends on, where they are there: they have to be the very ones of the plan. */
	readonly uses: (does: DoesOf<K>) => readonly string[];
	/** Whether the domain is looked at right before it, and has to be as the plan and its own steps have left it. */
	readonly guarded: boolean;
	/** What of the facts is its own doing. */
	readonly reach: (does: DoesOf<K>) => Reach;
	/** It only starts, stops, pauses or resumes the domain. */
	readonly power: boolean;
	/** Whether it merges layers. `at once`: a base may be half written from its beginning on. `after checks`: only where it went wrong late. */
	readonly merges: 'at once' | 'after checks' | null;
};

/** Lines of a plan's basis that a step may change (see planning/basis.ts); all others are somebody else's doing. */
export type Reach = {
	/** Its state, id and managed save. */
	readonly state?: boolean;
	readonly definition?: boolean;
	readonly disks?: 'all' | readonly string[];
	/** Snapshots that may come or go. */
	readonly tags?: readonly string[];
	/** Snapshots may change otherwise: their health, their parents, which is current. */
	readonly snapshots?: boolean;
	/** Other domains' use of the images. */
	readonly others?: boolean;
};

export const nowhere = (): Reach => ({});
export const none = (): readonly never[] => [];
export const nothing = (): null => null;

/** The answers of a kind that changes nothing of this program's own and is no job. */
export const byLibvirt = {
	success: 'exit',
	changes: null,
	undo: nothing,
	job: nothing,
	writesImages: none,
	writesFolders: none,
	makes: none,
	removes: none,
	absent: none,
	uses: none,
	guarded: true,
	power: false,
	merges: null,
} as const;

/** The answers of a kind by which qemu-img writes to one image, that does no harm when it is done again. */
export const intoImage = {
	...byLibvirt,
	repeatable: true,
	writesImages: ({file}: {readonly file: string}) => [file],
	uses: ({file}: {readonly file: string}) => [file],
} as const;
