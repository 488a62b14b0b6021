/** Receipts on disk: one JSON file each, never half written, readable by their owner only. */
import {randomBytes} from 'node:crypto';
import {mkdir, open, readdir, readFile, rename, rm} from 'node:fs/promises';
import path from 'node:path';
import type {Receipt} from '../core/receipt.ts';

export type ReceiptStore = {
	/**
	 * Write a receipt so that it survives a crash of this machine the moment this resolves.
	 *
	 * @throws {ReceiptError} it cannot be written; then nothing may be changed
	 */
	save(receipt: Receipt): Promise<void>;
	/** Newest first; files that are no receipts are passed over. */
	list(): Promise<readonly Receipt[]>;
};

/** Without a record of what is done nothing is done. */
export class ReceiptError extends Error {
	readonly remedy: string;

	constructor(folder: string, cause: Error) {
		super(`the receipt cannot be written: ${cause.message}`, {cause});
		this.name = 'ReceiptError';
		this.remedy = `Make ${folder} writable for you, or set XDG_STATE_HOME to a folder that is; nothing is changed without a receipt.`;
	}
}

/** Where receipts belong by the XDG base directory specification. */
export function receiptFolder(env: Readonly<Record<string, string | undefined>>, home: string): string {
	const state = env.XDG_STATE_HOME;
	return path.join(state && path.isAbsolute(state) ? state : path.join(home, '.local/state'), 'virsnap/receipts');
}

export function createReceiptStore(folder: string): ReceiptStore {
	return {
		async save(receipt) {
			try {
				await mkdir(folder, {recursive: true, mode: 0o700});
				await replaceFile(folder, `${receipt.id}.json`, `${JSON.stringify(receipt, null, '\t')}\n`);
			} catch (error) {
				throw new ReceiptError(folder, error as Error);
			}
		},
		async list() {
			const names = await readdir(folder).catch(() => []);
			const files = names
				.filter(name => name.endsWith('.json'))
				.sort()
				.reverse();
			const receipts = await Promise.all(files.map(name => readReceipt(path.join(folder, name))));
			return receipts.filter(receipt => receipt !== null);
		},
	};
}

/** Write aside, force to disk, take the old one's place, force the folder's entry to disk: at every moment one whole version is there. */
async function replaceFile(folder: string, name: string, text: string): Promise<void> {
	const target = path.join(folder, name);
	const aside = path.join(folder, `.${name}.${randomBytes(4).toString('hex')}`);
	try {
		const file = await open(aside, 'w', 0o600);
		try {
			await file.writeFile(text);
			await file.sync();
		} finally {
			await file.close();
		}

		await rename(aside, target);
	} catch (error) {
		await rm(aside, {force: true});
		throw error;
	}

	await syncFolder(folder);
}

async function syncFolder(folder: string): Promise<void> {
	const handle = await open(folder, 'r');
	try {
		await handle.sync();
	} finally {
		await handle.close();
	}
}

async function readReceipt(file: string): Promise<Receipt | null> {
	try {
		const receipt = JSON.parse(await readFile(file, 'utf8')) as Receipt;
		return receipt.version === 1 ? receipt : null;
	} catch {
		return null;
	}
}
