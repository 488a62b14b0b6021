/**
 * Names of images as QEMU writes them: a path, a pseudo-protocol before one (`file:`), or options as `json:{…}` in which drivers nest
 * to any depth, with objects or dotted keys (QEMU, docs/system/images: "json:"; qapi/block-core.json, BlockdevOptions).
 */
import path from 'node:path';

/** Prefixes of a path, and of a filter's own options and a path (QEMU, block/blkdebug.c and its neighbours). */
const pathPrefix = /^(?:file|host_device):(.*)$/s;
const filterPrefix = /^(?:blkdebug|blklogwrites|blkreplay):[^:]*:(.*)$/s;
const pairPrefix = /^blkverify:([^:]*):(.*)$/s;

/** Options that change nothing of what is read: who caches, locks and discards how. All others may. */
const harmless = new Set(
	'driver filename node-name read-only auto-read-only cache discard detect-zeroes force-share locking aio'.split(' '),
);

/** Drivers that show the bytes of the file below as they are; on top of them stands the image's own format. */
const plainDrivers = new Set(['file', 'host_device', 'raw']);
const formats = new Set([
	'raw',
	'qcow2',
	'qed',
	'vmdk',
	'vdi',
	'vpc',
	'vhdx',
	'parallels',
	'qcow',
	'cloop',
	'dmg',
	'bochs',
]);

/** Whether QEMU takes it for more than a path (QEMU, path_has_protocol): a colon before the first slash. */
export function hasProtocol(name: string): boolean {
	return /^[^/]*:/.test(name);
}

/**
 * Paths of the files that an image of this name is in: one for a path, several for drivers that have more than one child, none for
 * what lies elsewhere (`nbd://…`). A relative path in options counts from QEMU's own folder, which libvirt makes `/`.
 */
export function filesIn(name: string): string[] {
	if (!hasProtocol(name)) return [name];
	const json = optionsOf(name);
	if (json !== null) return [...new Set(leavesOf(json))];
	const pair = pairPrefix.exec(name);
	if (pair) return [absolute(pair[1]!), ...filesIn(pair[2]!)];
	const inner = pathPrefix.exec(name)?.[1];
	if (inner !== undefined) return [absolute(inner)];
	const filtered = filterPrefix.exec(name)?.[1];
	return filtered === undefined ? [] : filesIn(filtered);
}

/**
 * The path alone where the options around it change nothing of what is read; else the name as it is. `../base.qcow2` is combined with the
 * overlay's folder as it stands; one file has to have one name.
 */
export function plainName(name: string): string {
	if (!hasProtocol(name)) return path.isAbsolute(name) ? path.normalize(name) : name;
	const json = optionsOf(name);
	const [file, ...others] = json !== null || pathPrefix.test(name) ? filesIn(name) : [];
	return file === undefined || others.length > 0 || (json !== null && !isPlain(json)) ? name : absolute(file);
}

const absolute = (file: string): string => path.resolve('/', file);

/** Whether the options name the driver themselves: QEMU takes no second one beside it. */
export function namesDriver(name: string): boolean {
	return Object.hasOwn(optionsOf(name) ?? {}, 'driver');
}

type Options = {readonly [key: string]: unknown};

/** Null for a name of another kind, and for options that are none. */
function optionsOf(name: string): Options | null {
	if (!name.startsWith('json:')) return null;
	try {
		const options = JSON.parse(name.slice('json:'.length)) as unknown;
		return isOptions(options) ? options : null;
	} catch {
		return null;
	}
}

const isOptions = (value: unknown): value is Options => typeof value === 'object' && value !== null;

/** Every `filename`, under whatever child it stands. What lies below as a chain of its own (`backing`) is another image. */
function leavesOf(options: Options): string[] {
	return Object.entries(options).flatMap(([key, value]) => {
		const keys = key.split('.');
		if (keys.includes('backing')) return [];
		if (typeof value === 'string') return keys.at(-1) === 'filename' ? [absolute(value)] : [];
		return isOptions(value) ? leavesOf(value) : [];
	});
}

function isPlain(options: Options, top = true): boolean {
	return Object.entries(options).every(([key, value]) => {
		const [first = '', ...rest] = key.split('.');
		if (first === 'file') return isPlain(rest.length === 0 ? (value as Options) : {[rest.join('.')]: value}, false);
		if (first === 'driver') return plainDrivers.has(String(value)) || (top && formats.has(String(value)));
		return harmless.has(first);
	});
}
