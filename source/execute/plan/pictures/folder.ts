/**
 * Pictures of screens on disk: a file for each snapshot that has one, readable by its owner only. It is told by the domain and the second
 * in which the snapshot was taken, so that a snapshot keeps it under another tag, and a later one of the same tag does not inherit it.
 */
import {randomUUID} from 'node:crypto';
import {constants} from 'node:fs';
import {mkdir, open, readdir, rename, rm, stat} from 'node:fs/promises';
import path from 'node:path';
import type {Domain} from '../../../core/model/domain.ts';
import type {Picture, Raster} from '../../../core/snapshots/contents/picture.ts';
import {folderDistrust} from '../../receipts/reading/trusted-files.ts';
import {ownerIn, readPpm, writePpm} from './formats.ts';

/** All of them together take 29 MB at most; then the oldest go, whose domains may be gone as well. */
const most = 500;

/** Larger than any that is kept. */
const mostBytes = 65_536;

/** What a process that was killed has left. */
const abandonedMs = 60_000;

/** Beside the receipts. */
export const pictureFolder = (receipts: string): string => path.join(receipts, 'pictures');

/** Null for what is no UUID or no time: nothing else becomes a name. */
function nameOf(uuid: string, createdAt: string | null): string | null {
	const seconds = Math.floor(Date.parse(createdAt ?? '') / 1000);
	return /^[0-9a-f-]{36}$/.test(uuid) && seconds > 0 ? `${uuid}-${seconds}.ppm` : null;
}

/** A file that only this user can read, still empty. `use` is given its path; afterwards it is gone, unless it was moved. */
export async function withPrivateFile<T>(folder: string, use: (file: string) => Promise<T>): Promise<T> {
	await mkdir(folder, {recursive: true, mode: 0o700});
	const distrust = await folderDistrust(folder);
	if (distrust !== null) throw new Error(distrust);
	const file = path.join(folder, `.${randomUUID()}`);
	try {
		await (await open(file, 'wx', 0o600)).close();
		return await use(file);
	} finally {
		await rm(file, {force: true});
	}
}

/** `owner`: the libvirt that has the domain, as a word; null: not known. Rejects where it cannot be written. */
export async function keepPicture(
	folder: string,
	uuid: string,
	createdAt: string | null,
	raster: Raster,
	owner: string | null,
): Promise<void> {
	const name = nameOf(uuid, createdAt);
	if (name === null) return;
	await withPrivateFile(folder, async file => {
		const handle = await open(file, 'r+');
		try {
			await handle.writeFile(writePpm(raster, owner));
		} finally {
			await handle.close();
		}
		await rename(file, path.join(folder, name));
	});
}

/** Rejects where it is there and cannot be removed. */
export async function dropPicture(folder: string, uuid: string, createdAt: string | null): Promise<void> {
	const name = nameOf(uuid, createdAt);
	if (name !== null) await rm(path.join(folder, name), {force: true});
}

/** Null where none is kept, or what is there cannot be drawn. Never rejects. */
export async function readPicture(folder: string, uuid: string, createdAt: string): Promise<Picture | null> {
	const name = nameOf(uuid, createdAt);
	if (name === null) return null;
	const file = path.join(folder, name);
	try {
		const handle = await open(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
		try {
			const facts = await handle.stat();
			const raster = facts.isFile() && facts.size <= mostBytes ? readPpm(await handle.readFile()) : null;
			if (raster === null) return null;
			const {width, height, rgb} = raster;
			return {width, height, pixels: Buffer.from(rgb).toString('base64'), file, bytes: facts.size};
		} finally {
			await handle.close();
		}
	} catch {
		return null;
	}
}

/** Removes those of a domain's snapshots that are gone, and the oldest of too many. Rejects where that cannot be done. */
export async function prunePictures(
	folder: string,
	{uuid, snapshots}: Pick<Domain, 'uuid' | 'snapshots'>,
): Promise<void> {
	const names = await readdir(folder).catch(() => []);
	const owned = new Set(snapshots.map(({createdAt}) => nameOf(uuid, createdAt)));
	const found = await Promise.all(
		names.map(async name => {
			const at = (await stat(path.join(folder, name)).catch(() => null))?.mtimeMs ?? 0;
			const gone = name.startsWith('.')
				? at < Date.now() - abandonedMs
				: name.startsWith(`${uuid}-`) && !owned.has(name);
			return {name, at, gone};
		}),
	);
	const kept = found.filter(({gone}) => !gone).toSorted((one, other) => other.at - one.at);
	const unwanted = [...found.filter(({gone}) => gone), ...kept.slice(most)];
	await Promise.all(unwanted.map(({name}) => rm(path.join(folder, name), {force: true})));
}

/** Whether there are pictures of domains other than this one. Never rejects. */
export async function hasOthers(folder: string, uuid: string): Promise<boolean> {
	const names = await readdir(folder).catch(() => []);
	return names.some(name => uuidIn(name) !== null && uuidIn(name) !== uuid);
}

const uuidIn = (name: string): string | null => /^([0-9a-f-]{36})-\d+\.ppm$/.exec(name)?.[1] ?? null;

/**
 * Removes those of domains that this libvirt had and has no more. The folder is one for all that the user works with, also on several
 * machines where they share his home: what does not say that it is of this one stays. `uuids`: of all domains that it has; where it
 * rejects, nothing is removed. Rejects where that cannot be done.
 */
export async function dropOrphans(
	folder: string,
	owner: string,
	uuids: () => Promise<readonly string[]>,
): Promise<void> {
	const names = await readdir(folder);
	// Asked for when the names are known: what is kept from now on may be of a domain that is new.
	const known = new Set(await uuids());
	for (const name of names) {
		const uuid = uuidIn(name);
		if (uuid === null || known.has(uuid)) continue;
		const file = path.join(folder, name);
		if ((await ownerOf(file)) === owner) await rm(file, {force: true});
	}
}

async function ownerOf(file: string): Promise<string | null> {
	const handle = await open(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
	try {
		const {bytesRead, buffer} = await handle.read(Buffer.alloc(128), 0, 128, 0);
		return ownerIn(buffer.subarray(0, bytesRead));
	} finally {
		await handle.close();
	}
}
