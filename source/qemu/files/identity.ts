/** Which file a name leads to. */
import type {BigIntStats} from 'node:fs';
import {lstat, stat} from 'node:fs/promises';
import type {FileIdentity} from '../../core/model/files.ts';
import {dataFileOf} from './data-file.ts';

/** Device and inode: no two files of this machine share them. */
export function fileIdOf({dev, ino}: Pick<BigIntStats, 'dev' | 'ino'>): string {
	return `${dev}:${ino}`;
}

/** Of a link: the link and what it leads to. Null where there is no such file, or where it cannot be looked at. */
export async function identityOf(file: string): Promise<FileIdentity | null> {
	const named = await lstat(file, {bigint: true}).catch(() => null);
	if (named === null) return null;
	const own = fileIdOf(named);
	const bornAt = named.birthtime.toISOString();
	if (!named.isSymbolicLink()) return {id: own, leadsTo: own, bornAt};
	const target = await stat(file, {bigint: true}).catch(() => null);
	if (target === null) return {id: own, leadsTo: own, bornAt};
	const leadsTo = fileIdOf(target);
	return {id: `${own} to ${leadsTo}`, leadsTo, bornAt};
}

/** When an image was last written to, with its size; null where there is none, or where it cannot be looked at. */
export async function writtenAt(file: string): Promise<string | null> {
	const data = await dataFileOf(file);
	const found = await Promise.all([file, data ?? []].flat().map(one => stat(one, {bigint: true}).catch(() => null)));
	return found[0] ? found.map(facts => `${facts?.mtimeNs} ${facts?.size}`).join() : null;
}

/** Those that can be looked at. */
export async function identitiesOf(files: readonly string[]): Promise<ReadonlyMap<string, FileIdentity>> {
	const found = await Promise.all([...new Set(files)].map(async file => [file, await identityOf(file)] as const));
	return new Map(found.filter((entry): entry is [string, FileIdentity] => entry[1] !== null));
}

/** Device and inode of the files that hold an image; those that cannot be looked at are left out. */
export async function fileIdsOf(files: readonly string[]): Promise<string[]> {
	const found = await Promise.all(files.map(file => stat(file, {bigint: true}).catch(() => null)));
	return found.flatMap(facts => (facts === null ? [] : [fileIdOf(facts)]));
}
