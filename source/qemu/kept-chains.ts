/**
 * Backing chains as they were read, so that one is read again only after it changed: plain ones by ourselves, for a list that is there
 * at once, all others by qemu-img, and every one that has to be `fresh`.
 */
import {stat} from 'node:fs/promises';
import path from 'node:path';
import {holdersOf, type Image} from '../core/model/disk.ts';
import {occupiedBytes} from './files/looks.ts';
import {watchFiles, watchFolders} from './folder-watch.ts';
import {outsideOf} from './outside.ts';
import type {Chain} from './qemu-img.ts';
import {readQuickly} from './quick-chain.ts';
import {lookAt, signatureOf, signatureOfError} from './signature.ts';

/**
 * `settled`: what its files looked like from outside when it was last found unchanged; null where that tells nothing. `steady`: they
 * looked so at two looks, one after the other.
 */
type KnownChain = {chain: Chain; signatures: string; settled: string | null; steady: boolean};

/** A guest that writes makes its image grow all the time; smaller steps than this are not worth a redraw. */
const noticeableBytes = 1024 ** 2;

/** What a watched folder does not tell is seen at every so many looks: a file with a second name, a folder above that was renamed. */
const thoroughEvery = 5;

type Options = {
	/** Asks qemu-img. */
	readonly ask: (file: string, format: string) => Promise<Chain>;
	/** Those of the files that may be looked at, and answer. */
	readonly among: (files: readonly string[]) => Promise<readonly string[]>;
	/** Ends the watching of folders and files. */
	readonly signal: AbortSignal | undefined;
	/** An image that was quiet and that no running domain has open was written to: whoever looks now sees it. */
	readonly onStir: () => void;
};

export class KeptChains {
	readonly #ask: Options['ask'];
	readonly #among: Options['among'];
	readonly #folders: ReturnType<typeof watchFolders>;
	readonly #wakeFor: ReturnType<typeof watchFiles>;
	readonly #entries = new Map<string, KnownChain>();
	#looks = 0;

	constructor({ask, among, signal, onStir}: Options) {
		this.#ask = ask;
		this.#among = among;
		this.#folders = watchFolders(signal);
		this.#wakeFor = watchFiles(signal, onStir);
	}

	/** As `ImageReader.chain`, of a file that answers. */
	async chain(file: string, format: string, options: {fresh?: boolean} = {}): Promise<Chain> {
		const key = `${format}\n${file}`;
		const known = this.#entries.get(key);
		if (known && !options.fresh && (await signaturesOf(known.chain.files)) === known.signatures) {
			known.chain = await withSizes(known.chain, 1);
			return known.chain;
		}

		const read = async (look: typeof lookAt) => {
			const quick = await readQuickly(file, format, look);
			// A layer that must not be opened is told of at once, also where qemu-img would be asked.
			if (quick !== null && (!options.fresh || quick.failure !== null)) return quick;
			return this.#ask(file, format);
		};
		const entry = await readSteady(file, read);
		this.#entries.set(key, entry);
		return entry.chain;
	}

	/** As `ImageReader.changed`. */
	async changed(active: ReadonlySet<string>, inUse: ReadonlySet<string> = new Set()): Promise<ReadonlySet<string>> {
		for (const key of this.#entries.keys()) {
			if (!active.has(fileOf(key))) this.#entries.delete(key);
		}

		const thorough = this.#looks++ % thoroughEvery === 0;
		const alive = await this.#foldersAlive();
		const isAlive = ({chain}: KnownChain) => chain.files.every(one => alive.has(folderOf(one)));
		const about = await this.#folders.look(alive, {anew: thorough});
		const signature = memo(signatureOf);
		const outside = memo(async (file: string) => outsideOf(file, about.get(folderOf(file))?.device ?? null));
		// QEMU may write by ways of which inotify hears nothing (aio=native).
		const telling = (key: string, {settled}: KnownChain) => !thorough && settled !== null && !inUse.has(fileOf(key));
		const quiet = ({chain}: KnownChain) => chain.files.every(file => about.get(folderOf(file))?.quiet);
		const stirred = [...this.#entries].filter(([key, entry]) => {
			if (!telling(key, entry) || !quiet(entry)) return true;
			entry.steady = true;
			return false;
		});
		const files = await Promise.all(
			stirred.map(async ([key, entry]) => {
				const settled = isAlive(entry) && (await isSettled(entry, signature, outside));
				return settled ? [] : [fileOf(key)];
			}),
		);
		this.#wakeFor(this.#steadyFiles(inUse), {anew: thorough});
		return new Set(files.flat());
	}

	/** The layers that are known, each with its data file; null where it holds its data itself. */
	dataFiles(): ReadonlyMap<string, string | null> {
		const images = [...this.#entries.values()].flatMap(({chain}) => chain.images);
		return new Map(images.map(({file, dataFile}) => [file, dataFile ?? null]));
	}

	/** Those that are written to seldom: one that changes at every look would have us look all the time. */
	#steadyFiles(inUse: ReadonlySet<string>): ReadonlySet<string> {
		const steady = [...this.#entries].filter(([key, entry]) => entry.steady && !inUse.has(fileOf(key)));
		return new Set(steady.flatMap(([, {chain}]) => chain.files));
	}

	/** Folders of which one file answers. */
	async #foldersAlive(): Promise<ReadonlySet<string>> {
		const files = [...this.#entries.values()].flatMap(({chain}) => chain.files);
		const examples = new Map(files.map(one => [folderOf(one), one]));
		return new Set((await this.#among([...examples.values()])).map(folderOf));
	}
}

const folderOf = (file: string) => path.dirname(file);

/** Whether it is as it was read; remembers how it looks from outside, so that it need not be opened the next time. */
async function isSettled(
	entry: KnownChain,
	signature: typeof signatureOf,
	outside: (file: string) => Promise<string | null>,
): Promise<boolean> {
	const looks = await Promise.all(entry.chain.files.map(outside));
	const look = looks.includes(null) ? null : looks.join('\n');
	entry.steady = look !== null && look === entry.settled;
	if (entry.steady) return true;
	const same = (await signaturesOf(entry.chain.files, signature)) === entry.signatures;
	const settled = same && (await withSizes(entry.chain, noticeableBytes)) === entry.chain;
	entry.settled = settled ? look : null;
	return settled;
}

/** Keys are `FORMAT\nFILE`, since the same bytes are two things as raw and as qcow2. */
function fileOf(key: string): string {
	return key.slice(key.indexOf('\n') + 1);
}

/** What a chain was when it was read: if its top changed meanwhile, what was read may be either, so it is read once more. */
async function readSteady(file: string, read: (look: typeof lookAt) => Promise<Chain>): Promise<KnownChain> {
	const first = await readNoting(file, read);
	const steady = first.top === undefined || (await signatureOf(file)) === first.top;
	const {chain, signatures} = steady ? first : await readNoting(file, read);
	return {chain, signatures, settled: null, steady: false};
}

/**
 * A chain with the signatures of what was seen as it was read, `top` that of its first file where that was looked at: whatever changes
 * after these looks is a change of what is kept.
 */
async function readNoting(file: string, read: (look: typeof lookAt) => Promise<Chain>) {
	const seen = new Map<string, string>();
	const look: typeof lookAt = async one => {
		try {
			const found = await lookAt(one);
			seen.set(one, found.signature);
			return found;
		} catch (error) {
			seen.set(one, signatureOfError(error));
			throw error;
		}
	};
	const chain = await read(look);
	const signatures = await signaturesOf(chain.files, async one => seen.get(one) ?? signatureOf(one));
	return {chain, signatures, top: seen.get(file)};
}

async function signaturesOf(files: readonly string[], signature = signatureOf): Promise<string> {
	const signatures = await Promise.all(files.map(file => signature(file)));
	return signatures.join('\n');
}

/** The chain with what its layers occupy now (st_blocks counts 512 bytes, stat(2)); itself where that moved less than `step`. */
async function withSizes(chain: Chain, step: number): Promise<Chain> {
	const images = await Promise.all(chain.images.map(image => withSize(image, step)));
	return images.every((image, index) => image === chain.images[index]) ? chain : {...chain, images};
}

async function withSize(image: Image, step: number): Promise<Image> {
	const facts = await stat(image.file).catch(() => null);
	const actualSizeBytes = facts?.isFile() ? await occupiedBytes(holdersOf(image)) : image.actualSizeBytes;
	return Math.abs(actualSizeBytes - image.actualSizeBytes) < step ? image : {...image, actualSizeBytes};
}

function memo<T>(compute: (key: string) => Promise<T>): (key: string) => Promise<T> {
	const known = new Map<string, Promise<T>>();
	return key => {
		const found = known.get(key) ?? compute(key);
		known.set(key, found);
		return found;
	};
}
