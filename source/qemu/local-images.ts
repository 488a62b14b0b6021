/**
 * Images and folders of this machine. A chain is read again only after it changed: plain ones by ourselves, for a list that is
 * there at once, all others by qemu-img, and every one of a domain that is about to be changed (`fresh`).
 */
import {access, constants, readdir, stat, statfs} from 'node:fs/promises';
import path from 'node:path';
import pLimit from 'p-limit';
import type {Directory, Image, Miscount} from '../core/model/domain.ts';
import type {LoggedCommand} from '../core/model/hypervisor.ts';
import {t} from '../core/words/text.ts';
import {answering, answeringAmong, noAnswer} from './files/answering.ts';
import {identitiesOf} from './files/identity.ts';
import {watchFolders} from './folder-watch.ts';
import type {ImageReader} from './image-reader.ts';
import {readMiscount} from './miscount.ts';
import {writersOf} from './open-files.ts';
import {outsideOf} from './outside.ts';
import {overlaysAmong} from './overlays.ts';
import {type Chain, readChain} from './qemu-img.ts';
import {readQuickly} from './quick-chain.ts';
import {signatureOf} from './signature.ts';
import {readDifference, readTogether} from './sizes/image-sizes.ts';
import {sizeCache} from './sizes/size-cache.ts';

/** `settled`: what its files looked like from outside when it was last found unchanged; null where that tells nothing. */
type Entry = {chain: Chain; signatures: string; settled: string | null};

/** More at once only makes them wait for each other: qemu-img is a short burst of CPU. */
const qemuImgsAtOnce = 4;

/** A guest that writes makes its image grow all the time; smaller steps than this are not worth a redraw. */
const noticeableBytes = 1024 ** 2;

/** What a watched folder does not tell is seen at every so many looks: a file with a second name, a folder above that was renamed. */
const thoroughEvery = 5;

/** Reads this machine's images. `log` hears of every command that was run for it; `signal` ends the watching of folders. */
// biome-ignore lint/complexity/noExcessiveLinesPerFunction: a factory: its functions are short, and share what it holds
export function localImages(
	log?: (command: LoggedCommand) => void,
	signal?: AbortSignal,
	hindrance: (file: string) => Promise<string | null> = async () => null,
): ImageReader {
	const entries = new Map<string, Entry>();
	const folders = watchFolders(signal);
	const sizes = sizeCache();
	let looks = 0;
	const limit = pLimit(qemuImgsAtOnce);
	const answered = answering();
	const answers = async (file: string) => (await hindrance(file)) === null && answered(file);
	const among = (files: readonly string[]) => answeringAmong(answers, files);

	async function chain(file: string, format: string, options: {fresh?: boolean} = {}): Promise<Chain> {
		const reason = (await hindrance(file)) ?? ((await answered(file)) ? null : noAnswer);
		if (reason !== null) return {images: [], failure: t`${file}: ${reason}`, files: [file]};
		const read = await answeredChain(file, format, options);
		const reasons = await Promise.all(read.files.map(hindrance));
		const first = reasons.findIndex(one => one !== null);
		if (first === -1) return read;
		return {...read, images: read.images.slice(0, first), failure: t`${read.files[first]!}: ${reasons[first]!}`};
	}

	async function answeredChain(file: string, format: string, options: {fresh?: boolean} = {}): Promise<Chain> {
		const key = `${format}\n${file}`;
		const known = entries.get(key);
		if (known && !options.fresh && (await signaturesOf(known.chain.files)) === known.signatures) {
			known.chain = await withSizes(known.chain, 1);
			return known.chain;
		}

		const read = async () => {
			const quick = await readQuickly(file, format);
			// A layer that must not be opened is told of at once, also where qemu-img would be asked.
			if (quick !== null && (!options.fresh || quick.failure !== null)) return quick;
			return limit(() => readChain(file, format, log));
		};
		const entry = await readSteady(file, read);
		entries.set(key, entry);
		return entry.chain;
	}

	async function changed(
		active: ReadonlySet<string>,
		inUse: ReadonlySet<string> = new Set(),
	): Promise<ReadonlySet<string>> {
		for (const key of entries.keys()) {
			if (!active.has(fileOf(key))) entries.delete(key);
		}

		const thorough = looks++ % thoroughEvery === 0;
		const examples = new Map([...entries.values()].flatMap(({chain}) => chain.files.map(one => [folderOf(one), one])));
		const alive = new Set((await among([...examples.values()])).map(folderOf));
		const isAlive = ({chain}: Entry) => chain.files.every(one => alive.has(folderOf(one)));
		const about = await folders.look(alive, {anew: thorough});
		const signature = memo(signatureOf);
		const outside = memo(async (file: string) => outsideOf(file, about.get(folderOf(file))?.device ?? null));
		// QEMU may write by ways of which inotify hears nothing (aio=native).
		const telling = (key: string, {settled}: Entry) => !thorough && settled !== null && !inUse.has(fileOf(key));
		const quiet = ({chain}: Entry) => chain.files.every(file => about.get(folderOf(file))?.quiet);
		const stirred = [...entries].filter(([key, entry]) => !(telling(key, entry) && quiet(entry)));
		const files = await Promise.all(
			stirred.map(async ([key, entry]) => {
				const settled = isAlive(entry) && (await isSettled(entry, signature, outside));
				return settled ? [] : [fileOf(key)];
			}),
		);
		return new Set(files.flat());
	}

	async function miscounted(files: readonly string[]): Promise<readonly Miscount[]> {
		const found = await Promise.all((await among(files)).map(one => limit(() => readMiscount(one, log))));
		return found.flatMap(one => one ?? []);
	}

	return {
		chain,
		changed,
		missing: async files => missing(await among(files)),
		identities: async files => identitiesOf(await among(files)),
		readOnly: async files => readOnly(await among(files)),
		writers: async files => writersOf(await among(files)),
		miscounted,
		sizes: async (file, options) => {
			const reason = await hindrance(file);
			return reason === null ? sizes.read(file, options) : {snapshots: [], reason};
		},
		sizeTogether: async (file, ids, options) => {
			const reason = await hindrance(file);
			return reason === null ? readTogether(file, ids, options) : {bytes: null, reason};
		},
		difference: async (file, ...rest) => {
			const reason = await hindrance(file);
			return reason === null ? readDifference(file, ...rest) : {bytes: null, reason};
		},
		modified: async files => modified(await among(files)),
		blockDevices: async files => blockDevices(await among(files)),
		overlays: async files => overlaysAmong(await among(files)),
		file: async one => ((await answers(one)) ? file(one) : null),
		// The folder itself is on the file system that may not answer, not the one above it.
		directory: async folder => ((await answers(path.join(folder, '.virsnap'))) ? directory(folder) : null),
	};
}

const folderOf = (file: string) => path.dirname(file);

/** Whether it is as it was read; remembers how it looks from outside, so that it need not be opened the next time. */
async function isSettled(
	entry: Entry,
	signature: typeof signatureOf,
	outside: (file: string) => Promise<string | null>,
): Promise<boolean> {
	const looks = await Promise.all(entry.chain.files.map(outside));
	const look = looks.includes(null) ? null : looks.join('\n');
	if (look !== null && look === entry.settled) return true;
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
async function readSteady(file: string, read: (file: string) => Promise<Chain>): Promise<Entry> {
	const before = await signatureOf(file);
	const chain = await read(file);
	const steady = (await signatureOf(file)) === before;
	const signatures = await signaturesOf(chain.files);
	return {chain: steady ? chain : await read(file), signatures, settled: null};
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
	const actualSizeBytes = facts?.isFile() ? facts.blocks * 512 : image.actualSizeBytes;
	return Math.abs(actualSizeBytes - image.actualSizeBytes) < step ? image : {...image, actualSizeBytes};
}

async function missing(files: readonly string[]): Promise<ReadonlySet<string>> {
	const absent = await Promise.all(files.map(async file => ((await isAbsent(file)) ? [file] : [])));
	return new Set(absent.flat());
}

async function readOnly(files: readonly string[]): Promise<readonly string[]> {
	const closed = await Promise.all(files.map(async file => ((await mayWrite(file)) ? [] : [file])));
	return closed.flat();
}

/** Also what is not there, or is hidden from us: nothing is known of its rights. */
async function mayWrite(file: string): Promise<boolean> {
	try {
		await access(file, constants.W_OK);
		return true;
	} catch {
		return (await stat(file).catch(() => null)) === null;
	}
}

async function modified(files: readonly string[]): Promise<ReadonlyMap<string, number>> {
	const times = await Promise.all(
		files.map(async file => [file, (await stat(file).catch(() => null))?.mtimeMs] as const),
	);
	return new Map(times.filter((entry): entry is [string, number] => entry[1] !== undefined));
}

async function blockDevices(files: readonly string[]): Promise<readonly string[]> {
	const found = await Promise.all(files.map(async file => (await stat(file).catch(() => null))?.isBlockDevice()));
	return files.filter((_, index) => found[index]);
}

async function file(path: string): ReturnType<ImageReader['file']> {
	const facts = await stat(path).catch(() => null);
	return facts?.isFile() ? {bytes: facts.size, writtenAt: facts.mtime.toISOString()} : null;
}

/** Only what is certain: a folder that we may not enter may well hold the file. */
async function isAbsent(file: string): Promise<boolean> {
	try {
		await access(file, constants.F_OK);
		return false;
	} catch (error) {
		return ['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '');
	}
}

async function directory(folder: string): Promise<Directory | null> {
	const space = await statfs(folder).catch(() => null);
	if (space === null) return null;
	const [entries, writable] = await Promise.all([
		readdir(folder).catch(() => []),
		access(folder, constants.W_OK | constants.X_OK).then(
			() => true,
			() => false,
		),
	]);
	return {path: path.resolve(folder), freeBytes: space.bavail * space.bsize, writable, entries: entries.sort()};
}

function memo<T>(compute: (key: string) => Promise<T>): (key: string) => Promise<T> {
	const known = new Map<string, Promise<T>>();
	return key => {
		const found = known.get(key) ?? compute(key);
		known.set(key, found);
		return found;
	};
}
