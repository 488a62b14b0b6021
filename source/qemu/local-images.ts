/** Images and folders of this machine, as far as libvirt means the same files and they answer. */
import {EventEmitter} from 'node:events';
import path from 'node:path';
import pLimit from 'p-limit';
import type {Miscount} from '../core/model/facts.ts';
import type {LoggedCommand} from '../core/model/hypervisor.ts';
import {t} from '../core/words/text.ts';
import {answering, answeringAmong, neverOpened, noAnswer} from './files/answering.ts';
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
		missing: async files => missing(await among(files)),
		identities: async files => identitiesOf(await among(files)),
		readOnly: async files => readOnly(await among(files)),
		notOpen: async (uuid, files) => notOpenedBy(uuid, await among(files)),
		writers: async files => writersOf(await among(files)),
		miscounted,
		...sizeReader(hindrance),
		modified: async files => modified(await among(files)),
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
