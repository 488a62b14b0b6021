/** Receipts on disk: one JSON file each, never half written, readable by their owner only. */
import {randomBytes} from 'node:crypto';
import {link, lstat, mkdir, open, readdir, rename, rm} from 'node:fs/promises';
import path from 'node:path';
import {withoutStepSecrets} from '../../core/domain-xml/secrets.ts';
import type {OddReceipt, Receipt} from '../../core/model/receipt.ts';
import {refuse} from '../../core/model/refusal.ts';
import {RefusalError} from '../../core/words/foreseen-error.ts';
import {remedy} from '../../core/words/remedy.ts';
import {parseReceipt} from './reading/parse.ts';
import {folderDistrust, readTrusted} from './reading/trusted-files.ts';

export type ReceiptStore = {
	/**
	 * Write a receipt so that it survives a crash of this machine the moment this resolves.
	 *
	 * @throws {ReceiptError} it cannot be written; then nothing may be changed
	 */
	save(receipt: Receipt): Promise<void>;
	/** The first save of a new receipt; where its id is taken it gets another. */
	create(receipt: Receipt): Promise<Receipt>;
	/** Save what is of use only while it is new: whole at every moment, but not forced to disk, and given up where it fails. */
	note(receipt: Receipt): Promise<void>;
	/** Null where there is none of this id, or an odd one. */
	read(id: string): Promise<Receipt | null>;
	readonly folder: string;
	/** Newest first, without those that are odd. */
	list(): Promise<readonly Receipt[]>;
	/** Files where receipts belong that are none, or cannot be trusted; nothing of them is ever run. */
	odd(): Promise<readonly OddReceipt[]>;
};

/** Without a record of what is done nothing is done. */
export class ReceiptError extends RefusalError {
	constructor(folder: string, cause: Error) {
		const reason = `the receipt cannot be written: ${cause.message}`;
		const next = remedy`Make ${folder} writable for you, or set XDG_STATE_HOME to a folder that is; nothing is changed without a receipt.`;
		super(refuse('not-writable', reason, next), {cause});
		this.name = 'ReceiptError';
	}
}

/** The receipts in this folder, which is made (0700) with the first of them. */
export function createReceiptStore(folder: string): ReceiptStore {
	/** What was found in each file, while the file is the same. */
	const known: Known = new Map();
	const write = (receipt: Receipt, how: Parameters<typeof replaceFile>[3]) =>
		replaceFile(folder, fileOf(receipt.id), `${JSON.stringify(privately(receipt), null, '\t')}\n`, how);
	return {
		folder,
		async save(receipt) {
			try {
				await makeFolder(folder);
				await write(receipt, {durable: true});
			} catch (error) {
				throw new ReceiptError(folder, error as Error);
			}
		},
		async create(receipt) {
			for (let count = 1; ; count++) {
				const named = count === 1 ? receipt : {...receipt, id: `${receipt.id}-${count}`};
				try {
					await makeFolder(folder);
					await write(named, {durable: true, fresh: true});
					return named;
				} catch (error) {
					if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw new ReceiptError(folder, error as Error);
				}
			}
		},
		async note(receipt) {
			await write(receipt, {durable: false}).catch(() => undefined);
		},
		async read(id) {
			if (!/^[\w-]+$/.test(id) || (await folderDistrust(folder)) !== null) return null;
			const found = await readReceipt(folder, fileOf(id));
			return found !== null && 'receipt' in found ? found.receipt : null;
		},
		list: async () => (await readAll(folder, known)).flatMap(found => ('receipt' in found ? [found.receipt] : [])),
		odd: async () => (await readAll(folder, known)).flatMap(found => ('odd' in found ? [found.odd] : [])),
	};
}

/**
 * The receipt of this id.
 *
 * @throws {RefusalError} there is none
 */
export async function knownReceipt(store: ReceiptStore, id: string): Promise<Receipt> {
	const receipt = await store.read(id);
	if (receipt === null)
		throw new RefusalError({code: 'not-found', reason: 'There is no such receipt.', remedy: 'See all: virsnap log'});
	return receipt;
}

/**
 * End a receipt that nobody carries out, now and in this way.
 *
 * @throws {ReceiptError} it cannot be written: it stays open
 */
export async function closeReceipt(store: ReceiptStore, receipt: Receipt, ending: Partial<Receipt>): Promise<Receipt> {
	const closed: Receipt = {...receipt, ...ending, progress: null, endedAt: new Date().toISOString()};
	await store.save(closed);
	return closed;
}

const fileOf = (id: string): string => `${id}.json`;

/** What is kept of a receipt holds no password; whoever runs a step puts them back. */
function privately(receipt: Receipt): Receipt {
	const steps = receipt.plan?.steps.map(withoutStepSecrets);
	return steps ? {...receipt, plan: {...receipt.plan, steps}} : receipt;
}

/** Write aside, force to disk, take the old one's place, force the folder's entry to disk: at every moment one whole version is there. */
async function replaceFile(
	folder: string,
	name: string,
	text: string,
	{durable, fresh = false}: {readonly durable: boolean; readonly fresh?: boolean},
): Promise<void> {
	const target = path.join(folder, name);
	const aside = path.join(folder, `.${name}.${randomBytes(4).toString('hex')}`);
	try {
		const file = await open(aside, 'w', 0o600);
		try {
			await file.writeFile(text);
			if (durable) await file.sync();
		} finally {
			await file.close();
		}

		// A link, unlike a rename, takes nobody's place.
		if (fresh) await link(aside, target);
		else await rename(aside, target);
	} catch (error) {
		await rm(aside, {force: true});
		throw error;
	}

	if (fresh) await rm(aside, {force: true});
	if (durable) await syncFolder(folder);
}

async function syncFolder(folder: string): Promise<void> {
	const handle = await open(folder, 'r');
	try {
		await handle.sync();
	} finally {
		await handle.close();
	}
}

type Known = Map<string, {readonly signature: string; readonly found: Found}>;

type Found = {readonly receipt: Receipt} | {readonly odd: OddReceipt};

/** What is in the folder, the newest first. Of a folder that others may change nothing is believed. */
async function readAll(folder: string, known: Known): Promise<Found[]> {
	const names = (await readdir(folder).catch(() => [])).filter(name => name.endsWith('.json') && !name.startsWith('.'));
	const distrust = names.length === 0 ? null : await folderDistrust(folder);
	if (distrust !== null) return [{odd: {file: folder, reason: distrust}}];
	const found = await Promise.all(
		names
			.sort()
			.reverse()
			.map(name => readOnce(folder, name, known)),
	);
	return found.filter(one => one !== null);
}

/** A receipt is replaced as a whole, never written into: one that is the same file still says the same. */
async function readOnce(folder: string, name: string, known: Known): Promise<Found | null> {
	const stats = await lstat(path.join(folder, name), {bigint: true}).catch(() => null);
	if (stats === null) return null;
	const {dev, ino, size, mode, uid, mtimeNs, ctimeNs} = stats;
	const signature = [dev, ino, size, mode, uid, mtimeNs, ctimeNs].join(' ');
	const entry = known.get(name);
	if (entry?.signature === signature) return entry.found;
	const found = await readReceipt(folder, name);
	if (found !== null) known.set(name, {signature, found});
	return found;
}

/** Null where it is gone. */
async function readReceipt(folder: string, name: string): Promise<Found | null> {
	const file = path.join(folder, name);
	const read = await readTrusted(file);
	if (read === null) return null;
	const found = 'text' in read ? parseReceipt(read.text) : read;
	if ('reason' in found) return {odd: {file, reason: found.reason}};
	return fileOf(found.receipt.id) === name ? found : {odd: {file, reason: `it is that of ${found.receipt.id}`}};
}

/** @throws where it cannot be made, or where others may change it */
async function makeFolder(folder: string): Promise<void> {
	await mkdir(folder, {recursive: true, mode: 0o700});
	const distrust = await folderDistrust(folder);
	if (distrust !== null) throw new Error(distrust);
}
