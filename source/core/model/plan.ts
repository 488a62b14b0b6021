/**
 * A plan is data: what will be run, what that changes, what is lost, how to get back. Planners make it, the review screen
 * prints it, the executor carries out the very same argv, the receipt stores it.
 */

import type {MethodId} from '../create/methods.ts';
import type {DomainState} from './domain.ts';
import type {Health} from './snapshot.ts';

export type Verb = 'create' | 'revert' | 'delete' | 'save' | 'restore' | 'drop' | 'clone' | 'reclaim' | PowerVerb;

/** virsh start, shutdown, destroy, suspend, resume. */
export type PowerVerb = 'start' | 'shutdown' | 'destroy' | 'suspend' | 'resume';

/** `+` comes into being, `~` is changed, `-` ceases to be. */
export type Change = {readonly sign: '+' | '~' | '-'; readonly what: string};

/** One command. The unit of reversion: it happened or it did not. */
export type Step = {
	/** Short, imperative, for the review screen: "Create snapshot before-upgrade in vda". */
	readonly title: string;
	readonly argv: readonly string[];
	/** Given to the command on stdin (`virsh define /dev/stdin`). */
	readonly input?: string;
	/**
	 * What a success looks like. `exit`: status 0. `silent`: status 0 and nothing on stdout, for HMP commands that exit 0 on
	 * failure and print the error (field-proven: `savevm`, `loadvm`, `delvm`).
	 */
	readonly success: 'exit' | 'silent';
	readonly changes: readonly Change[];
	/** The command that takes exactly this step back; null where there is none. */
	readonly undo: readonly string[] | null;
	/** Given to the undo command on stdin: the XML as it was before. */
	readonly undoInput?: string;
};

/** Something that has to be true when the plan is done; read back from libvirt and the images, never concluded from an exit status. */
export type Expectation =
	| {readonly kind: 'snapshot'; readonly tag: string; readonly health: readonly Health[]}
	| {readonly kind: 'no-snapshot'; readonly tag: string}
	| {readonly kind: 'current'; readonly tag: string}
	/** `or`: a second state that is as good, where what was saved decides. */
	| {readonly kind: 'state'; readonly state: DomainState; readonly or?: DomainState}
	| {readonly kind: 'file'; readonly file: string; readonly present: boolean}
	| {readonly kind: 'domain'; readonly name: string}
	| {readonly kind: 'no-domain'; readonly name: string}
	/** Running or paused, as its saved memory has it. */
	| {readonly kind: 'active'}
	| {readonly kind: 'source'; readonly target: string; readonly file: string};

export type Consistency = 'shut off' | 'crash-consistent' | 'frozen filesystems' | 'full checkpoint';

export type Plan = {
	readonly verb: Verb;
	readonly domain: {readonly uuid: string; readonly name: string};
	/** The snapshot it is about; null for power verbs. */
	readonly tag: string | null;
	/** Null for power verbs. */
	readonly method: MethodId | null;
	/** Why this method, one plain sentence. */
	readonly why: string;
	/** What the snapshot holds, or what a revert brings back; null for a delete. */
	readonly consistency: Consistency | null;
	/** How long the domain stands still, in words: "none: it is shut off", "about 2 s". */
	readonly pause: string;
	readonly steps: readonly Step[];
	/** What is gone for good after this, named one by one; empty where nothing is. */
	readonly losses: readonly string[];
	readonly warnings: readonly string[];
	/** How to get back, in words, for the review screen; empty where there is no way back (then `losses` says so). */
	readonly wayBack: string;
	/** `undo`: a failure takes back the finished steps at once, since each only made something new. `stop`: it stays for a person to decide. */
	readonly onFailure: 'undo' | 'stop';
	/** What the person has to type before this runs; null where Enter is enough. */
	readonly confirm: string | null;
	/** The facts it stands on, re-read and compared before the first step (see basis.ts). */
	readonly basis: Basis;
	readonly expect: readonly Expectation[];
	/** Room that it takes at most, by folder; left out where it takes none to speak of. */
	readonly space?: readonly Space[];
	/** A file of saved memory that it is about, to be looked at when facts are read again. */
	readonly file?: string;
};

export type Space = {
	readonly where: string;
	readonly neededBytes: number;
	/** Null where the folder cannot be looked at from here. */
	readonly freeBytes: number | null;
};

/** Facts a plan stands on, each a readable line by key, so that a stale plan can say what changed. */
export type Basis = Readonly<Record<string, string>>;

export type RefusalCode =
	| 'not-found' // no such domain or snapshot
	| 'bad-tag' // empty, numeric, a slash, control characters
	| 'tag-exists'
	| 'ambiguous-tag' // reads as another snapshot's ID, or stands twice in one table
	| 'wrong-state' // the method wants the domain running, or shut off
	| 'saved-memory' // a managed save would resume on other disk contents
	| 'raw-disk' // internal snapshots need qcow2
	| 'unsupported-disk' // network, lun, shareable, transient…
	| 'no-disk' // nothing writable to take a snapshot of
	| 'unreadable-image'
	| 'uefi-nvram' // raw NVRAM: no internal snapshot
	| 'unsavable-device' // VFIO, virtiofs…: no memory
	| 'has-dependants' // other domains or overlays stand on this image
	| 'disks-changed' // saved memory belongs to other disk contents
	| 'bad-name' // no name for a new domain
	| 'unhealthy' // orphaned, partial, replaced, missing files
	| 'has-children'
	| 'not-leaf'
	| 'no-external-revert' // this libvirt cannot, and no plan of ours can here
	| 'file-exists'
	| 'no-space'
	| 'not-writable'
	| 'method-mismatch' // the method asked for cannot do this to this snapshot
	| 'no-agent'
	| 'busy' // block job, other operation under way
	| 'unsupported'; // this QEMU or libvirt cannot do it

/** An expected impossibility, said before anything was touched. */
export type Refusal = {
	readonly code: RefusalCode;
	/** What stands in the way, plain and short. */
	readonly reason: string;
	/** What to do instead, as a command or a key wherever there is one. */
	readonly remedy: string;
};

/** A refusal in the place of an outcome, or of a part of one. */
export function refuse(code: RefusalCode, reason: string, remedy: string): {refusal: Refusal} {
	return {refusal: {code, reason, remedy}};
}

export type Outcome = {readonly plan: Plan} | {readonly refusal: Refusal};

export type CreateIntent = {
	readonly verb: 'create';
	/** Empty: the planner proposes one from the date. */
	readonly tag: string;
	readonly method?: MethodId;
	readonly description?: string;
	readonly scope?: 'memory' | 'disk-only';
	readonly quiesce?: boolean;
	/** Folder for overlays; the disk's own where left out. */
	readonly dir?: string;
};

export type RevertIntent = {
	readonly verb: 'revert';
	readonly tag: string;
	/** State wanted afterwards; left out: the state the snapshot was taken in. */
	readonly afterwards?: 'running' | 'paused';
	/** Take a snapshot of the present state first. */
	readonly safety?: boolean;
};

export type DeleteIntent = {
	readonly verb: 'delete';
	readonly tag: string;
	readonly children?: boolean;
	readonly metadataOnly?: boolean;
};

/** Memory alone: into a file, or where none is named into libvirt's managed save. The domain stops. */
export type SaveIntent = {readonly verb: 'save'; readonly file?: string};

/** Go on from saved memory: of a file, or of the managed save. */
export type RestoreIntent = {
	readonly verb: 'restore';
	readonly file?: string;
	/** Left out: the state it was saved in. */
	readonly afterwards?: 'running' | 'paused';
};

/** Throw saved memory away: a file, or the managed save. */
export type DropIntent = {readonly verb: 'drop'; readonly file?: string};

/** A new domain on overlays of this one's disks. */
export type CloneIntent = {readonly verb: 'clone'; readonly name: string};

/** Remove an overlay that nothing uses any more. */
export type ReclaimIntent = {readonly verb: 'reclaim'; readonly overlay: string};

export type PowerIntent = {readonly verb: PowerVerb};

export type Intent =
	| CreateIntent
	| RevertIntent
	| DeleteIntent
	| SaveIntent
	| RestoreIntent
	| DropIntent
	| CloneIntent
	| ReclaimIntent
	| PowerIntent;
