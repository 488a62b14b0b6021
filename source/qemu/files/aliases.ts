/** Files that have several names: by a symbolic link to them or to a folder, by a hard link, by a mount. */
import {stat} from 'node:fs/promises';

/**
 * The names that lead to a file which an earlier one of these names leads to, each with that earlier one. Names that lead nowhere,
 * or cannot be followed from here, are not among them.
 */
export async function aliasesAmong(files: readonly string[]): Promise<ReadonlyMap<string, string>> {
	const names = [...new Set(files)];
	const facts = await Promise.all(names.map(name => stat(name).catch(() => null)));
	const first = new Map<string, string>();
	const aliases = new Map<string, string>();
	for (const [index, name] of names.entries()) {
		const found = facts[index];
		if (!found) continue;
		const identity = `${found.dev}:${found.ino}`;
		const known = first.get(identity);
		if (known === undefined) first.set(identity, name);
		else aliases.set(name, known);
	}
	return aliases;
}
