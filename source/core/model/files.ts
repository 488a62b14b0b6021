/**
 * One identity for each file. A file may have several names (links, mounts, moved images), so names are never compared where two may mean
 * the same file: what they lead to is.
 */

/**
 * A name of a file. `id`: device and inode of what has this name, and for a link of what it leads to as well. `leadsTo`: device and inode
 * of the file itself, the same for all its names. `bornAt`: when what has this name came into being. `data`: of a qcow2 image
 * whose data is in another file, device and inode of that.
 */
export type FileIdentity = {
	readonly id: string;
	readonly leadsTo: string;
	readonly bornAt: string;
	readonly data?: string;
};

/** Names that could be looked at; all others stand for themselves. */
export type Identified = {readonly identities: Readonly<Record<string, FileIdentity>>};

/** The one identity of a file: equal for all names that lead to it. The name itself where it could not be looked at. */
export function fileId({identities}: Identified, name: string): string {
	return Object.hasOwn(identities, name) ? identities[name]!.leadsTo : name;
}

/** The identities of all files that an image of this name is in. */
export function heldIn(facts: Identified, name: string): string[] {
	const data = Object.hasOwn(facts.identities, name) ? facts.identities[name]!.data : undefined;
	return [fileId(facts, name), ...(data === undefined ? [] : [data])];
}

/** Whether two names mean one file. */
export function sameFile(facts: Identified, one: string | null | undefined, other: string | null | undefined): boolean {
	return one != null && other != null && (one === other || fileId(facts, one) === fileId(facts, other));
}

/** Every name that is known of a file. */
export function namesOf(facts: Identified, file: string): string[] {
	const others = Object.keys(facts.identities).filter(name => name !== file && sameFile(facts, name, file));
	return [file, ...others];
}

/** For each name the first of `preferred` that leads to the same file; itself where none does. */
export function nameAmong(facts: Identified, preferred: Iterable<string>): (name: string) => string {
	const first = new Map<string, string>();
	for (const name of preferred) {
		const id = fileId(facts, name);
		if (!first.has(id)) first.set(id, name);
	}
	return name => first.get(fileId(facts, name)) ?? name;
}
