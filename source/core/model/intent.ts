/** What a person wants of a domain, before anything is planned. */
import {dirname, normalize} from 'node:path/posix';

/** The methods that take a snapshot. */
export const snapshotMethods = [
	'libvirt-internal',
	'qemu-img',
	'monitor',
	'external-offline',
	'external-live',
	'external-full',
] as const;

export type MethodId = (typeof snapshotMethods)[number];

/** virsh start, shutdown, destroy, suspend, resume. */
export type PowerVerb = 'start' | 'shutdown' | 'destroy' | 'suspend' | 'resume';

export type CreateIntent = {
	readonly verb: 'create';
	/** Empty: the planner proposes one from the date. */
	readonly tag: string;
	readonly method?: MethodId;
	/** The kind to take where no method is named; left out: the kind that the domain has, or that works in all its states. */
	readonly prefer?: 'internal' | 'external';
	readonly description?: string;
	readonly scope?: 'memory' | 'disk-only';
	readonly quiesce?: boolean;
	/** Folder for overlays; the disk's own where left out. */
	readonly dir?: string;
	/** Targets of the disks that it is to hold; left out: all that the domain XML does not exclude. */
	readonly disks?: readonly string[];
	/** Where the overlays of single disks go, instead of `dir`. */
	readonly overlays?: readonly PlacedOverlay[];
	/** Where the memory goes: a path as of an overlay. Beside the first overlay where left out. */
	readonly memoryFile?: string;
};

/** `path`: the new file; or a folder for it, where it ends in a slash or is one. */
export type PlacedOverlay = {readonly target: string; readonly path: string};

export type RevertIntent = {
	readonly verb: 'revert';
	readonly tag: string;
	/** Of several with this tag: the one with this ID in an image. */
	readonly id?: string;
	/** State wanted afterwards; left out: the state the snapshot was taken in. */
	readonly afterwards?: 'running' | 'paused';
	/** Take a snapshot of the present state first. */
	readonly safety?: boolean;
	/** Folder for new overlays; where left out each stands beside the overlay that it replaces. */
	readonly dir?: string;
};

export type DeleteIntent = {
	readonly verb: 'delete';
	readonly tag: string;
	/** Of several with this tag: the one with this ID in an image. */
	readonly id?: string;
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

/** A new domain with the disks of this one. */
export type CloneIntent = {
	readonly verb: 'clone';
	readonly name: string;
	/** The snapshot that it is to be like; left out: the domain as it is. */
	readonly tag?: string;
	/** Of several with this tag: the one with this ID in an image. */
	readonly id?: string;
	/** On copies of its own; else on overlays. */
	readonly full?: boolean;
	/** Folder for its disks; beside those that they are made from where left out. */
	readonly dir?: string;
};

/** Remove an overlay that nothing uses any more. */
export type ReclaimIntent = {readonly verb: 'reclaim'; readonly overlay: string};

/** Change what is kept about a snapshot beside its data; what is left out stays. */
export type EditIntent = {
	readonly verb: 'edit';
	readonly tag: string;
	/** Empty: none. */
	readonly description?: string;
	readonly protect?: boolean;
	/** From when on it need not be kept, as `parseWhen` takes it. */
	readonly expires?: string;
	/** The tag that it is to have. */
	readonly newTag?: string;
};

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
	| EditIntent
	| PowerIntent;

/** What a plan was made of: a wish, or a finished operation that is to be undone. */
export type Asked = Intent | {readonly verb: 'undo'; readonly receipt: string};

/** Folders that a plan of this wish may write to, beside those of the domain's images: planners have to know what is in them. */
export function foldersOf(intent: Intent): string[] {
	switch (intent.verb) {
		case 'create': {
			const {dir, overlays = [], memoryFile} = intent;
			const paths = [...overlays.map(({path}) => path), ...(memoryFile === undefined ? [] : [memoryFile])];
			return [...new Set([...(dir === undefined ? [] : [dir]), ...paths.flatMap(foldersAround)])];
		}
		case 'revert':
		case 'clone':
			return intent.dir === undefined ? [] : [intent.dir];
		case 'save':
		case 'restore':
		case 'drop':
			return intent.file === undefined ? [] : [dirname(intent.file)];
		default:
			return [];
	}
}

/** A path that may be a folder as well as a file in one. */
function foldersAround(path: string): string[] {
	return path.startsWith('/') ? [dirname(normalize(path)), asFolder(path)] : [];
}

/** The path as `Facts.directories` has it. */
export function asFolder(path: string): string {
	return normalize(path).replace(/(?<=.)\/$/, '');
}
