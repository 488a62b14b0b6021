/** Sizes that have been read, kept until their image changes: to go through its tables takes seconds where it is large. */
import {stat} from 'node:fs/promises';
import pLimit from 'p-limit';
import type {ImageSizes} from '../../core/snapshots/contents/sizes.ts';
import {signatureOf} from '../signature.ts';
import {readImageSizes, type SizeOptions} from './image-sizes.ts';

type SizeCache = {
	/** Read now where the image has changed since; `inUse`: by a running domain. Throws only the signal's reason. */
	read(file: string, options?: SizeOptions & {readonly inUse?: boolean}): Promise<ImageSizes>;
	/** What was read last of the image as its snapshots are now, however its guest has written since; null where nothing was. */
	known(file: string): Promise<ImageSizes | null>;
};

type KnownSizes = {
	readonly signature: string;
	readonly written: string;
	readonly at: number;
	readonly sizes: ImageSizes;
};

/** A running guest changes its image all the time: for so long its figures are as good as new ones. */
const freshForMs = 30_000;

/** More at once only compete for the same disks. */
const atOnce = 2;

export function sizeCache(now: () => number = Date.now): SizeCache {
	const entries = new Map<string, KnownSizes>();
	const limit = pLimit(atOnce);

	async function read(file: string, {inUse = false, ...options}: SizeOptions & {inUse?: boolean} = {}) {
		return limit(async () => {
			options.signal?.throwIfAborted();
			const [signature, written] = await Promise.all([signatureOf(file), writtenAt(file, options)]);
			const entry = entries.get(file);
			const same = entry?.signature === signature;
			if (same && (entry.written === written || (inUse && now() - entry.at < freshForMs))) return entry.sizes;
			const {snapshots, reason} = await readImageSizes(file, options);
			const sizes = {snapshots, reason};
			entries.set(file, {signature, written, at: now(), sizes});
			return sizes;
		});
	}

	async function known(file: string): Promise<ImageSizes | null> {
		const entry = entries.get(file);
		return entry && entry.signature === (await signatureOf(file)) ? entry.sizes : null;
	}

	return {read, known};
}

/** Changes with every write to the file, and with what was asked about it. */
async function writtenAt(file: string, {backingBytes}: SizeOptions): Promise<string> {
	const facts = await stat(file).catch(() => null);
	return `${facts?.mtimeMs} ${facts?.size} ${backingBytes}`;
}
