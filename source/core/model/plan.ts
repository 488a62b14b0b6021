/**
 * A plan is data: what will be run, what that changes, what is lost, how to get back. Planners make it, the review screen
 * prints it, the executor carries out the very same argv, the receipt stores it.
 */

import type {DomainState} from './domain.ts';
import type {Asked, MethodId, PowerVerb} from './intent.ts';
import type {Refusal} from './refusal.ts';
import type {Remedy} from './remedy.ts';
import type {Health} from './snapshot.ts';
import type {Step} from './step.ts';

export type Verb =
	| 'create'
	| 'revert'
	| 'delete'
	| 'save'
	| 'restore'
	| 'drop'
	| 'clone'
	| 'reclaim'
	| 'edit'
	| PowerVerb;

/** Something that has to be true when the plan is done; read back from libvirt and the images, never concluded from an exit status. */
export type Expectation =
	/**
	 * `alone`: no other has its tag. `description`: what libvirt's record has; empty for none. Earlier versions read a receipt without
	 * regard to it, where a kind of its own would make them set the whole receipt aside. So with what follows it.
	 */
	| {
			readonly kind: 'snapshot';
			readonly tag: string;
			readonly health: readonly Health[];
			readonly alone?: boolean;
			readonly description?: string;
			readonly protected?: boolean;
			readonly expiresAt?: string | null;
			readonly parent?: string;
	  }
	/**
	 * `protected: false`: the domain's metadata protects none of that tag either. `as`: it is kept under this tag. `libvirt`: only
	 * one that libvirt knows is to be gone, or one that it does not know: another of that tag stays.
	 */
	| {
			readonly kind: 'no-snapshot';
			readonly tag: string;
			readonly protected?: false;
			readonly as?: string;
			readonly libvirt?: boolean;
	  }
	| {readonly kind: 'current'; readonly tag: string}
	/** `or`: a second state that is as good, where what was saved decides. */
	| {readonly kind: 'state'; readonly state: DomainState; readonly or?: DomainState}
	/** `memory`: libvirt can read the saved memory in it. */
	| {readonly kind: 'file'; readonly file: string; readonly present: boolean; readonly memory?: boolean}
	/** The very one of this UUID: the name may be that of somebody else's. Receipts of earlier versions have no UUID. */
	| {readonly kind: 'domain'; readonly name: string; readonly uuid?: string}
	| {readonly kind: 'no-domain'; readonly name: string; readonly uuid?: string}
	/** Running or paused, as its saved memory has it. */
	| {readonly kind: 'active'}
	| {readonly kind: 'source'; readonly target: string; readonly file: string};

export type Consistency = 'shut off' | 'crash-consistent' | 'frozen filesystems' | 'full checkpoint';

export type Plan = {
	readonly verb: Verb;
	readonly domain: {readonly uuid: string; readonly name: string};
	/** The snapshot it is about; null where it is about none. */
	readonly tag: string | null;
	/** How the snapshot is taken, or what else is made; null for power verbs. */
	readonly method: MethodId | 'memory' | 'linked-clone' | 'full-clone' | null;
	/** Why this method, one plain sentence. */
	readonly why: string;
	/** What the snapshot holds, or what a revert brings back; null for a delete. */
	readonly consistency: Consistency | null;
	/** Writable disks that the snapshot does not hold; left out where it holds all, and where the plan takes none. */
	readonly leftOut?: readonly string[];
	/** Of what its screen shows then a picture is kept with the snapshot; left out where none is. */
	readonly picture?: true;
	/** How long the domain stands still, in words: "none: it is shut off", "about 2 s". */
	readonly pause: string;
	readonly steps: readonly Step[];
	/** What is gone for good after this, named one by one; empty where nothing is. */
	readonly losses: readonly string[];
	readonly warnings: readonly Remedy[];
	/** How to get back, in words, for the review screen; empty where it cannot be undone (then `losses` says so). */
	readonly wayBack: Remedy;
	/** `undo`: a failure takes back the finished steps at once, since each only made something new. `stop`: it stays for a person to decide. */
	readonly onFailure: 'undo' | 'stop';
	/** What the person has to type before this runs; null where Enter is enough. */
	readonly confirm: string | null;
	/** The facts it depends on, re-read and compared before the first step (see basis.ts). */
	readonly basis: Basis;
	readonly expect: readonly Expectation[];
	/** Device and inode of each file that its steps write to, remove or depend on; left out where they are not known. */
	readonly files?: Readonly<Record<string, string>>;
	/** Room that it takes at most, by folder; left out where it takes none to speak of. */
	readonly space?: readonly Space[];
	/** A file of saved memory that it is about, to be looked at when facts are read again. */
	readonly file?: string;
	/** What it was made of: another host makes it again of this, and believes no steps that are sent to it. Earlier receipts lack it. */
	readonly asked?: Asked;
};

export type Space = {
	readonly where: string;
	readonly neededBytes: number;
	/** Null where the folder cannot be looked at from here. */
	readonly freeBytes: number | null;
};

/** Facts a plan depends on, each a readable line by key, so that a stale plan can say what changed. */
export type Basis = Readonly<Record<string, string>>;

export type Outcome = {readonly plan: Plan} | {readonly refusal: Refusal};
