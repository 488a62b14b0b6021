/** Images and folders of this machine, as far as libvirt means the same files and they answer. */
import {EventEmitter} from 'node:events';
import path from 'node:path';
import pLimit from 'p-limit';
import type {Miscount} from '../core/model/facts.ts';
import type {FileIdentity} from '../core/model/files.ts';
import type {LoggedCommand} from '../core/model/hypervisor.ts';
import {t} from '../core/words/text.ts';
import {answering, answeringAmong, neverOpened, noAnswer} from './files/answering.ts';
import {dataFileOf} from './files/data-file.ts';
import {identitiesOf} from './files/identity.ts';
import {blockDevices, directory, fileSystemsOf, missing, modified, readOnly, regularFile} from './files/looks.ts';
import type {ImageReader} from './image-reader.ts';
import {KeptChains} from './kept-chains.ts';
import {readMiscount} from './miscount.ts';
import {notOpenedBy, writersOf} from './open-files.ts';
import {overlaysAmong, savedAmong} from './overlays.ts';
import {type Chain, readChain} from './qemu-img.ts';
import {readDifference, readTogether} from './sizes/image-sizes.ts';
import {sizeCache} from './sizes/size-cache.ts';

/** More at once only makes them wait for each other: qemu-img is a short burst of CPU. */
const qemuImgsAtOnce = 4;

/** Reads this machine's images. `log` hears of every command that was run for it; `signal` ends the watching of folders. */
export function localImages(
	log?: (command: LoggedCommand) => void,
	signal?: AbortSignal,
	hindrance: (file: string) => Promise<string | null> = async () => null,
): ImageReader {
	const limit = pLimit(qemuImgsAtOnce);
	const answered = answering();
	const answers = async (file: string) => (await hindrance(file)) === null && answered(file);
	const among = (files: readonly string[]) => answeringAmong(answers, files);
	const ask = (file: string, format: string) => limit(() => readChain(file, format, log));
	const stirred = new EventEmitter();
	const chains = new KeptChains({ask, among, signal, onStir: () => stirred.emit('stir')});

	async function chain(file: string, format: string, options: {fresh?: boolean} = {}): Promise<Chain> {
		const reason = (await hindrance(file)) ?? ((await answered(file)) ? null : noAnswer);
		if (reason !== null) return {images: [], failure: t`${file}: ${reason}`, files: [file]};
		const read = await chains.chain(file, format, options);
		const reasons = await Promise.all(read.files.map(hindrance));
		const first = reasons.findIndex(one => one !== null);
		if (first === -1) return read;
		return {...read, images: read.images.slice(0, first), failure: t`${read.files[first]!}: ${reasons[first]!}`};
	}

	async function miscounted(files: readonly string[]): Promise<readonly Miscount[]> {
		const found = await Promise.all((await among(files)).map(one => limit(() => readMiscount(one, log))));
		return found.flatMap(one => one ?? []);
	}

	async function hanging(files: readonly string[]): Promise<ReadonlySet<string>> {
		// Where libvirt means another file of this name nothing is known of that.
		const here = await Promise.all(files.map(async file => ((await hindrance(file)) === null ? [file] : [])));
		const waits = async (file: string) => !(await answered(file)) || (await neverOpened(file)) !== null;
		const found = await Promise.all(here.flat().map(async file => ((await waits(file)) ? [file] : [])));
		return new Set(found.flat());
	}

	return {
		chain,
		changed: (active, inUse) => chains.changed(active, inUse),
		onStir: listener => void stirred.on('stir', listener),
		...heldReader(among, () => chains.dataFiles()),
		miscounted,
		...sizeReader(hindrance),
		blockDevices: async files => blockDevices(await among(files)),
		overlays: async files => overlaysAmong(await among(files)),
		hanging,
		saved: async files => savedAmong(await among(files)),
		file: async one => ((await answers(one)) ? regularFile(one) : null),
		fileSystems: async files => fileSystemsOf(await among(files)),
		// The folder itself is on the file system that may not answer, not the one above it.
		directory: async folder => ((await answers(path.join(folder, '.virsnap'))) ? directory(folder) : null),
	};
}

/**
 * What is told of files together with their data files.
 *
 * @param known data files of layers that have been read
 */
function heldReader(
	among: (files: readonly string[]) => Promise<string[]>,
	known: () => ReadonlyMap<string, string | null>,
): Pick<ImageReader, 'missing' | 'identities' | 'readOnly' | 'notOpen' | 'writers' | 'modified'> {
	/** Each of the files that answer, with those that it is in: itself first. */
	async function holders(files: readonly string[]): Promise<(readonly [string, readonly string[]])[]> {
		const read = known();
		const held = (await among([...new Set(files)])).map(async file => {
			const data = read.has(file) ? read.get(file)! : await dataFileOf(file);
			return [file, [file, ...(data === null ? [] : await among([data]))]] as const;
		});
		return Promise.all(held);
	}

	const all = (held: Awaited<ReturnType<typeof holders>>) => held.flatMap(([, by]) => by);
	return {
		missing: async files => {
			const held = await holders(files);
			const gone = await missing(all(held));
			return new Map(held.flatMap(([file, by]) => by.filter(one => gone.has(one)).map(one => [file, one])));
		},
		identities: async files => {
			const held = await holders(files);
			const found = await identitiesOf(all(held));
			const about = held.map(([file, [, data]]) => [file, withData(found.get(file), data && found.get(data))] as const);
			return new Map(about.filter((entry): entry is [string, FileIdentity] => entry[1] !== undefined));
		},
		readOnly: async files => {
			const held = await holders(files);
			const closed = new Set(await readOnly(all(held)));
			return held.filter(([, by]) => by.some(one => closed.has(one))).map(([file]) => file);
		},
		notOpen: async (uuid, files) => notOpenedBy(uuid, all(await holders(files))),
		writers: async files => writersOf(all(await holders(files))),
		modified: async files => {
			const held = await holders(files);
			const times = await modified(all(held));
			const last = (by: readonly string[]) => Math.max(...by.map(one => times.get(one) ?? 0));
			return new Map(held.filter(([file]) => times.has(file)).map(([file, by]) => [file, last(by)]));
		},
	};
}

function withData(own: FileIdentity | undefined, data: FileIdentity | '' | undefined): FileIdentity | undefined {
	return own && data ? {...own, data: data.leadsTo} : own;
}

/** Sizes of internal snapshots, of the images that nothing hinders. */
function sizeReader(
	hindrance: (file: string) => Promise<string | null>,
): Pick<ImageReader, 'sizes' | 'sizeTogether' | 'difference'> {
	const sizes = sizeCache();
	return {
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
	};
}
