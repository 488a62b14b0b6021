/**
 * What one step does, as data: everything that its command, its undo and its evidence follow from. Each kind has its file in
 * `core/steps/`, which answers for it; a kind that is added here without one does not compile.
 */
import type {PowerVerb} from './intent.ts';
import type {Retention} from './snapshot.ts';

/** One domain of one libvirt. `uri` null: libvirt's own choice. */
export type DomainAddress = {readonly uri: string | null; readonly uuid: string};

/** A disk's place in a definition: a file, unless it is said what else. */
export type PlacedDisk = {
	readonly target: string;
	readonly file: string;
	readonly format: string;
	readonly as?: SourceKind | undefined;
};

/** What a definition calls a disk's source that is no `<source file=…>` (https://libvirt.org/formatdomain.html). */
export type SourceKind =
	| {readonly type: 'block'}
	| {readonly type: 'volume'; readonly pool: string; readonly volume: string};

/** What a new file takes over from the one it is made like. */
export type TakenOver = 'mode' | 'mode,ownership';

type FileDoes =
	/** An empty file with the mode, and where it may the owner, of another one. */
	| {readonly kind: 'new-file'; readonly file: string; readonly like: string; readonly takenOver: TakenOver}
	/** `made`: by the steps before, so that taking it back is to remove them. */
	| {readonly kind: 'private-mode'; readonly files: readonly string[]; readonly made: boolean}
	| {readonly kind: 'copy-file'; readonly from: string; readonly to: string; readonly takenOver: TakenOver}
	| {readonly kind: 'remove-file'; readonly file: string};

type ImageDoes =
	/** A file that is there becomes an empty overlay of `base`. */
	| {readonly kind: 'overlay'; readonly file: string; readonly base: string; readonly format: string}
	| {
			readonly kind: 'image-snapshot';
			readonly action: 'create' | 'apply' | 'delete';
			readonly tag: string;
			/** Of several with this tag: the one to delete. */
			readonly id?: string;
			/** The tag as printf(1) takes it, where its bytes are no text. */
			readonly rawTag?: string;
			readonly file: string;
	  }
	| {readonly kind: 'repair'; readonly file: string; readonly what: 'all' | 'leaks'}
	/** `base` null: not known. `through`: the layers between go into it as well. */
	| {
			readonly kind: 'merge';
			readonly overlay: string;
			readonly format: string;
			readonly base: string | null;
			readonly through: boolean;
	  }
	/** Only the name of the base is written; the contents have to be the same. */
	| {readonly kind: 'rebase'; readonly file: string; readonly base: string; readonly format: string}
	/**
	 * A file that is there becomes a qcow2 of its own that holds all that `from` holds, with the layers below it. `inside`: all that the
	 * snapshot of this ID holds inside `from`, and its tag as well, where that is text. `bytes`: what it takes at most, about. `frozen`:
	 * what is read never changes, whatever the domain does.
	 */
	| {
			readonly kind: 'copy-image';
			readonly from: string;
			readonly format: string;
			readonly inside: {readonly id: string; readonly tag: string | null} | null;
			readonly to: string;
			readonly bytes: number;
			readonly frozen: boolean;
	  }
	| {readonly kind: 'compare'; readonly overlay: string; readonly base: string; readonly format: string};

type SnapshotDoes =
	| {
			readonly kind: 'create-snapshot';
			readonly on: DomainAddress;
			readonly tag: string;
			readonly description: string | null;
			/** In new files, all of them or none; else inside the images. */
			readonly external: boolean;
			/** The file that the memory goes into. */
			readonly memory: string | null;
			/** That file is made by a step before; libvirt writes into what is there. Left out: by this one. */
			readonly memoryMade?: boolean;
			/** The domain keeps running while its memory is written. */
			readonly live: boolean;
			readonly quiesce: boolean;
			/** Empty: as libvirt chooses. */
			readonly disks: readonly {
				readonly target: string;
				readonly snapshot: 'internal' | 'external' | 'no';
				readonly file: string | null;
			}[];
	  }
	| {readonly kind: 'delete-snapshot'; readonly on: DomainAddress; readonly tag: string}
	/** libvirt's record alone. `as`: the one that says the same under another tag, where it is kept so. */
	| {
			readonly kind: 'forget-snapshot';
			readonly on: DomainAddress;
			readonly tag: string;
			readonly as?: {readonly tag: string; readonly createdAt: string | null};
	  }
	/** The record of `from` under another tag. */
	| {
			readonly kind: 'record-snapshot';
			readonly on: DomainAddress;
			readonly tag: string;
			readonly from: string;
			/** The snapshot's own time (ISO 8601), by which it is known again. */
			readonly createdAt: string | null;
			/** The one that it gets, empty for none; left out: the one that it has. */
			readonly description?: string;
	  }
	/** `force`: also where QEMU must start anew for it. */
	| {
			readonly kind: 'revert-snapshot';
			readonly on: DomainAddress;
			readonly tag: string;
			readonly afterwards: 'running' | 'paused' | null;
			readonly force?: true;
	  }
	/** `before`: the one that was current. */
	| {
			readonly kind: 'current-snapshot';
			readonly on: DomainAddress;
			readonly tag: string;
			readonly before: string | null;
	  }
	| {readonly kind: 'redefine-snapshot'; readonly on: DomainAddress; readonly tag: string; readonly current: boolean}
	/** By QEMU's monitor, beside libvirt. */
	| {
			readonly kind: 'monitor-snapshot';
			readonly on: DomainAddress;
			readonly action: 'savevm' | 'loadvm' | 'delvm';
			readonly tag: string;
	  };

type DomainDoes =
	/** The definition of a domain that there is, with other files for these disks. */
	| {
			readonly kind: 'define';
			readonly on: DomainAddress;
			readonly disks: readonly PlacedDisk[];
			readonly before: readonly PlacedDisk[];
	  }
	| {readonly kind: 'define-new'; readonly on: DomainAddress; readonly name: string}
	| {readonly kind: 'undefine'; readonly on: DomainAddress; readonly nvram: 'keep' | 'remove' | null}
	| {
			readonly kind: 'live-merge';
			readonly on: DomainAddress;
			readonly target: string;
			/** The topmost layer that goes into the base, and the base; null: not known. */
			readonly top: string | null;
			readonly base: string | null;
			/** one: the active layer into the one below. all: every layer above the base. below: from `top` down, and the active one stays. */
			readonly range: 'one' | 'all' | 'below';
	  }
	| {
			readonly kind: 'end-block-job';
			readonly on: DomainAddress;
			readonly target: string;
			readonly how: 'pivot' | 'abort';
	  }
	/** `made`: by a step before; libvirt writes into what is there. Left out: by this one. */
	| {readonly kind: 'save'; readonly on: DomainAddress; readonly file: string; readonly made?: boolean}
	/** What the domain's metadata says of its snapshots, all of it; `before`: what it said. */
	| {
			readonly kind: 'set-retention';
			readonly on: DomainAddress;
			/** In the running domain, in what it starts with the next time, or in both. */
			readonly where: readonly ('live' | 'config')[];
			readonly retentions: readonly Retention[];
			readonly before: readonly Retention[];
	  }
	| {readonly kind: 'managed-save'; readonly on: DomainAddress}
	| {readonly kind: 'drop-managed-save'; readonly on: DomainAddress}
	/** `changed`: with other XML than the one in the file. */
	| {
			readonly kind: 'restore';
			readonly on: DomainAddress;
			readonly file: string;
			readonly afterwards: 'running' | 'paused' | null;
			readonly changed: boolean;
	  }
	| {readonly kind: 'power'; readonly on: DomainAddress; readonly verb: PowerVerb; readonly paused: boolean};

export type Does = FileDoes | ImageDoes | SnapshotDoes | DomainDoes;

export type Kind = Does['kind'];

export type DoesOf<K extends Kind> = Extract<Does, {readonly kind: K}>;
