/** `qemu-img info` in core's terms. Reading only: it never asks for a lock that a running QEMU holds. */
import path from 'node:path';
import type {Image, ImageLimit, ImageSnapshot} from '../core/model/disk.ts';
import type {LoggedCommand} from '../core/model/hypervisor.ts';
import {t} from '../core/words/text.ts';
import {runProgram} from '../programs/run-program.ts';
import {neverOpened} from './files/answering.ts';
import {dataFileNamed} from './files/data-file.ts';
import {fileIdsOf} from './files/identity.ts';
import {missing, occupiedBytes} from './files/looks.ts';
import {filesIn, hasProtocol, namesDriver, plainName} from './files/names.ts';
import {isQcow2, readUntold, type Untold} from './qcow2.ts';

/** What could be read of a disk's backing chain. */
export type Chain = {
	/** The active layer first; those above an unreadable one are here all the same. */
	readonly images: readonly Image[];
	/** Why the rest could not be read, in qemu-img's own words; null when all of it was. */
	readonly failure: string | null;
	/**
	 * Every file the chain is made of, the unreadable one included, and behind all layers their data files: when one of them changes, the
	 * chain is read again.
	 */
	readonly files: readonly string[];
};

/** One layer of `qemu-img info --output=json` (QAPI type ImageInfo). */
type ImageInfo = {
	readonly filename: string;
	readonly format: string;
	readonly 'virtual-size': number;
	readonly 'actual-size'?: number;
	readonly 'full-backing-filename'?: string;
	readonly 'backing-filename'?: string;
	readonly 'backing-filename-format'?: string;
	readonly encrypted?: boolean;
	readonly 'format-specific'?: {readonly data?: Qcow2Info};
	readonly snapshots?: readonly SnapshotInfo[];
};

/** QAPI type ImageInfoSpecificQCow2. */
type Qcow2Info = {
	readonly bitmaps?: readonly {readonly name: string}[];
	readonly corrupt?: boolean;
	readonly 'refcount-bits'?: number;
	readonly 'data-file'?: string;
};

/** QAPI type SnapshotInfo. */
type SnapshotInfo = {
	readonly id: string;
	readonly name: string;
	readonly 'vm-state-size': number;
	readonly 'date-sec': number;
	readonly 'date-nsec': number;
	readonly 'vm-clock-sec': number;
	readonly 'vm-clock-nsec': number;
};

/** libvirt's disk formats that QEMU calls otherwise, or has no reader for: their bytes are what the guest sees. */
export const rawFormats: ReadonlySet<string> = new Set(['raw', 'iso', 'fat', 'dir', 'none', 'auto']);

/**
 * Read a disk's backing chain.
 *
 * @param format what libvirt runs the active layer as. It is never probed: a guest that owns a raw disk could write a qcow2 header
 * there that names any file of the host as its backing file.
 */
export async function readChain(file: string, format: string, log?: (command: LoggedCommand) => void): Promise<Chain> {
	const driver = rawFormats.has(format) ? 'raw' : format;
	const never = await neverOpened(file);
	if (never !== null) return {images: [], failure: t`${file}: ${never}`, files: [file]};
	const whole = await info(['--backing-chain', '-f', driver, '--', file], log);
	if (!whole.layers) return withData(await readLayers(file, driver, log));
	const images = await Promise.all(whole.layers.map(toImage));
	return withData({
		images,
		failure: null,
		files: whole.layers.flatMap(({filename}) => filesIn(filename).map(plainName)),
	});
}

/** qemu-img tells of an image without opening its data file (7.2 with the mend of CVE-2024-4467), but nothing can be read of it then. */
async function withData(chain: Chain): Promise<Chain> {
	const {images, files} = chain;
	const data = images.flatMap(({dataFile}) => dataFile ?? []);
	const all = [...files, ...data];
	if (chain.failure !== null) return {...chain, files: all};
	const unnamed = images.find(({limits, dataFile}) => limits.includes('data file') && dataFile === undefined);
	if (unnamed) return {images, failure: t`${unnamed.file}: the name of its data file is no full path`, files: all};
	const gone = await missing(data);
	const without = images.find(({dataFile}) => dataFile !== undefined && gone.has(dataFile));
	const failure = without ? t`${without.file}: its data file ${without.dataFile!} is missing` : null;
	return {images, failure, files: all};
}

/** Layer by layer down to the one that cannot be read, since qemu-img shows nothing of a chain that is broken anywhere. */
async function readLayers(top: string, format: string, log?: (command: LoggedCommand) => void): Promise<Chain> {
	const images: Image[] = [];
	const names: string[] = [];
	const files: string[] = [];
	let next: {file: string; format: string | undefined} | null = {file: top, format};
	while (next !== null && !names.includes(next.file)) {
		names.push(next.file);
		files.push(...filesIn(next.file));
		const never = await neverOpened(next.file);
		if (never !== null) return {images, failure: inWords(never, next.file, names.length > 1), files};
		const driver = next.format === undefined || namesDriver(next.file) ? [] : ['-f', next.format];
		const {layers, failure}: ChainAnswer = await info([...driver, '--', next.file], log);
		const layer: ImageInfo | undefined = layers?.[0];
		if (!layer) return {images, failure: inWords(failure ?? '', next.file, names.length > 1), files};
		images.push(await toImage(layer));
		next = backingOf(layer);
	}

	// Every layer by itself can be read now: it was being changed while the whole chain was asked for, or it is a circle.
	return {images, failure: next === null ? null : `backing file ${next.file} occurs twice in the chain`, files};
}

function backingOf(layer: ImageInfo): {file: string; format: string | undefined} | null {
	const name = layer['full-backing-filename'] ?? layer['backing-filename'];
	if (!name) return null;
	const file = hasProtocol(name) ? plainName(name) : path.resolve(path.dirname(layer.filename), name);
	return {file, format: layer['backing-filename-format']};
}

function inWords(failure: string, file: string, backing: boolean): string {
	const cause = failure
		.split('\n')[0]!
		.replace(/^qemu-img: /, '')
		.replace(/^(Could not open '.*': )(?=Could not open)/, '');
	return backing ? `backing file ${file}: ${cause}` : cause;
}

/** More than a chain of hundreds of layers on a busy machine takes; after it each layer is asked by itself, which tells the one that hangs. */
const patience = 10_000;

type ChainAnswer = {readonly layers: readonly ImageInfo[] | null; readonly failure: string | null};

/** `-U`: while a domain runs, qemu-img without it fails with `Failed to get shared "write" lock`. */
async function info(options: readonly string[], log?: (command: LoggedCommand) => void): Promise<ChainAnswer> {
	const {stdout, failure} = await runProgram(['qemu-img', 'info', '-U', '--output=json', ...options], {
		log,
		patience,
		// libvirt starts QEMU there, and relative names in options (`json:`) count from it.
		cwd: '/',
	});
	if (failure !== null) return {layers: null, failure};
	const document = JSON.parse(stdout) as ImageInfo | ImageInfo[];
	return {layers: Array.isArray(document) ? document : [document], failure: null};
}

async function toImage(layer: ImageInfo): Promise<Image> {
	const qcow2 = layer['format-specific']?.data ?? {};
	const bitmaps = qcow2.bitmaps?.map(({name}) => name) ?? [];
	const dataFile = dataFileNamed(qcow2['data-file']);
	const held = dataFile === null ? [] : [dataFile];
	return {
		file: plainName(layer.filename),
		...(dataFile === null ? {} : {dataFile}),
		fileIds: await fileIdsOf([...filesIn(layer.filename), ...held]),
		format: layer.format,
		virtualSizeBytes: layer['virtual-size'],
		actualSizeBytes: (layer['actual-size'] ?? 0) + (await occupiedBytes(held)),
		bitmaps,
		encrypted: layer.encrypted ?? false,
		limits: layer.format === 'raw' ? rawLimits(await isQcow2(plainName(layer.filename))) : limitsOf(qcow2),
		snapshots: await toSnapshots(layer),
	};
}

/** A raw image shows its bytes to the guest, and takes whatever the guest writes: a qcow2 is destroyed by that. */
export function rawLimits(beginsAsQcow2: boolean): ImageLimit[] {
	return beginsAsQcow2 ? ['qcow2 as raw'] : [];
}

/** A snapshot counts each of its clusters a second time, which takes two bits. */
function limitsOf(qcow2: Qcow2Info): ImageLimit[] {
	return [
		...(qcow2.corrupt ? ['corrupt' as const] : []),
		...(qcow2['data-file'] === undefined ? [] : ['data file' as const]),
		...(qcow2['refcount-bits'] === 1 ? ['one-bit reference counts' as const] : []),
	];
}

async function toSnapshots({filename, snapshots = []}: ImageInfo): Promise<ImageSnapshot[]> {
	const [file, ...others] = filesIn(filename);
	const told = snapshots.length > 0 && file !== undefined && others.length === 0;
	const untold = told ? await readUntold(file) : new Map<string, Untold>();
	const unknown = {diskBytes: null, rawTag: null};
	return snapshots.map(snapshot => ({...toSnapshot(snapshot), ...(untold.get(snapshot.id) ?? unknown)}));
}

function toSnapshot(snapshot: SnapshotInfo): Omit<ImageSnapshot, keyof Untold> {
	return {
		id: snapshot.id,
		tag: snapshot.name,
		vmSizeBytes: snapshot['vm-state-size'],
		createdAt: new Date(snapshot['date-sec'] * 1000 + Math.floor(snapshot['date-nsec'] / 1e6)).toISOString(),
		vmClockNs: snapshot['vm-clock-sec'] * 1e9 + snapshot['vm-clock-nsec'],
	};
}
