/**
 * The port through which libvirt is asked: every question that the program has, one method each.
 *
 * Two ways implement it, held equal by test/libvirt/wire-contract.test.ts: `wire/` speaks libvirt's own protocol, `virsh/`
 * starts virsh. Ask as much at once as can be: both send what is asked in one turn together.
 *
 * A question that libvirt refuses rejects with a CommandError in libvirt's words, one that could not be put with a ConnectionError.
 */
import type {DomainState} from '../core/model/domain.ts';
import {CommandError, ConnectionError} from './errors.ts';

/** A domain as a list shows it. */
export type DomainRow = {
	readonly uuid: string;
	readonly name: string;
	/** Null where it is off. */
	readonly id: number | null;
	/** `saved` where it is off with a managed save; `no state` also where it changed while it was asked. */
	readonly state: DomainState;
	readonly persistent: boolean;
	readonly managedSave: boolean;
};

/** Snapshots as libvirt records them, with the metadata as it writes them. */
export type SnapshotRecords = {
	readonly records: readonly {readonly name: string; readonly xml: string}[];
	/** What is wrong with others, in words. */
	readonly problems: readonly string[];
};

/** Bytes done, of all that is known of by now. */
export type JobProgress = {readonly doneBytes: number; readonly totalBytes: number};

/** `operation` in virsh's words (`Backup`, `Outgoing migration`…), or `operation` where there are none. */
type DomainJob = {readonly operation: string; readonly progress: JobProgress | null};

/** `type` in virsh's words (`Block Commit`, `Active Block Commit`…). */
type BlockJob = {readonly type: string; readonly progress: JobProgress};

/** What somebody is told when something happens to a domain: its kind, and whether it is about this one. */
export type Happening = {
	readonly kind: string;
	concerns(domain: {readonly uuid: string; readonly name: string}): boolean;
};

/** `secure`: with passwords, so that it can be written back. */
type Secure = {readonly secure?: boolean};

export type LibvirtReader = {
	hostname(): Promise<string>;
	/** As `major.minor.release`. */
	versions(): Promise<{readonly libvirt: string; readonly qemu: string}>;
	/** https://libvirt.org/formatcaps.html */
	capabilities(): Promise<string>;
	/** Sorted as `virsh list` has them: active ones by their ids, then the others by name. */
	domains(): Promise<readonly DomainRow[]>;
	/** In the words of `virsh domstate --reason`; never `saved`. */
	state(uuid: string): Promise<{readonly state: DomainState; readonly reason: string}>;
	/** https://libvirt.org/formatdomain.html; `inactive`: what it starts with the next time. */
	definition(uuid: string, options?: Secure & {readonly inactive?: boolean}): Promise<string>;
	/**
	 * Names of its snapshots, as virsh sorts them. To be compared with an earlier answer, and for `snapshots` to start from: virsh prints a name that
	 * holds newlines as several.
	 */
	snapshotNames(uuid: string): Promise<readonly string[]>;
	/** Null where none is the current one. */
	currentSnapshot(uuid: string): Promise<string | null>;
	/** Of the names that `snapshotNames` gave; those that are gone by now are left out. https://libvirt.org/formatsnapshot.html */
	snapshots(uuid: string, names: readonly string[], options?: Secure): Promise<SnapshotRecords>;
	/** Names of its checkpoints, each behind its parent. */
	checkpoints(uuid: string): Promise<readonly string[]>;
	/** What libvirt does with it at this moment; null where nothing, or where it is off. */
	job(uuid: string): Promise<DomainJob | null>;
	/** Null where there is none on this disk, or where the domain is off. */
	blockJob(uuid: string, target: string): Promise<BlockJob | null>;
	/** In bytes, as libvirt's host sees the active layer. */
	blockInfo(
		uuid: string,
		target: string,
	): Promise<{readonly capacity: number; readonly allocation: number; readonly physical: number}>;
	/** https://libvirt.org/formatstorage.html */
	volumeXml(volume: {readonly pool: string; readonly name: string} | {readonly path: string}): Promise<string>;
	poolXml(pool: string): Promise<string>;
	/** The definition in a file of saved memory. */
	savedXml(file: string, options?: Secure): Promise<string>;
	/** QEMU's own answer to a QMP command. It is written into libvirt's log as a taint: ask seldom, and only what looks. */
	monitor(uuid: string, command: object): Promise<string>;
	/** Hear of what happens until libvirt goes away, or `signal` aborts; resolves with the reason. */
	listen(signal: AbortSignal, onHappening: (happening: Happening) => void): Promise<string>;
};

/** Null where libvirt refuses the question; that it could not be put still rejects. */
export async function orNull<T>(answer: Promise<T>): Promise<T | null> {
	try {
		return await answer;
	} catch (error) {
		if (error instanceof CommandError && !(error instanceof ConnectionError)) return null;
		throw error;
	}
}

/** Names in the order in which virsh sorts them: without regard to the case of ASCII letters; those that differ in it alone, by it. */
export function sortNames(names: readonly string[]): string[] {
	return sortByName(names, name => name);
}

/** Things in the order of their names. */
export function sortByName<T>(things: readonly T[], nameOf: (thing: T) => string): T[] {
	// Bytes of UTF-8, as strcasecmp(3) compares them in the C locale.
	const keyed = things.map(thing => ({thing, folded: Buffer.from(folded(nameOf(thing))), name: nameOf(thing)}));
	keyed.sort((left, right) => Buffer.compare(left.folded, right.folded) || (left.name < right.name ? -1 : 1));
	return keyed.map(({thing}) => thing);
}

function folded(name: string): string {
	return name.replaceAll(/[A-Z]+/g, letters => letters.toLowerCase());
}
