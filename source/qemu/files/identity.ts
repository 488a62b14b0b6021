/** Which file a name leads to. */
import {lstat, stat} from 'node:fs/promises';
import type {FileIdentity} from '../../core/model/domain.ts';

/** Of a link: the link and what it leads to. Null where there is no such file, or where it cannot be looked at. */
export async function identityOf(file: string): Promise<FileIdentity | null> {
	const named = await lstat(file, {bigint: true}).catch(() => null);
	if (named === null) return null;
	const own = `${named.dev}:${named.ino}`;
	const bornAt = named.birthtime.toISOString();
	if (!named.isSymbolicLink()) return {id: own, bornAt};
	const target = await stat(file, {bigint: true}).catch(() => null);
	return {id: target === null ? own : `${own} to ${target.dev}:${target.ino}`, bornAt};
}

/** When what a name leads to was last written to, with its size; null where there is none, or where it cannot be looked at. */
export async function writtenAt(file: string): Promise<string | null> {
	const found = await stat(file, {bigint: true}).catch(() => null);
	return found === null ? null : `${found.mtimeNs} ${found.size}`;
}

/** Those that can be looked at. */
export async function identitiesOf(files: readonly string[]): Promise<ReadonlyMap<string, FileIdentity>> {
	const found = await Promise.all([...new Set(files)].map(async file => [file, await identityOf(file)] as const));
	return new Map(found.filter((entry): entry is [string, FileIdentity] => entry[1] !== null));
}
