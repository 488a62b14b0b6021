/** A file, or with `mode` a folder or device, for an initial ramdisk. */
export type ArchiveEntry = {name: string; mode: number; content?: Uint8Array; device?: {major: number; minor: number}};

/** Modes as inodes hold them: type and permissions (inode(7)). */
export const modes = {folder: 0o040755, program: 0o100755, file: 0o100644, characterDevice: 0o020600};

/** A cpio archive in the "newc" form that the kernel unpacks as its initial ramdisk (initramfs buffer format, kernel documentation). */
export function newcArchive(entries: readonly ArchiveEntry[]): Buffer {
	const trailer: ArchiveEntry = {name: 'TRAILER!!!', mode: 0};
	return Buffer.concat([...entries, trailer].flatMap((entry, index) => record(entry, index + 1)));
}

function record(entry: ArchiveEntry, inode: number): Buffer[] {
	const content = Buffer.from(entry.content ?? []);
	const name = Buffer.from(`${entry.name}\0`);
	const numbers = [
		inode,
		entry.mode,
		0, // owner
		0, // group
		1, // links
		0, // time of change
		content.length,
		0, // device of the archive, major and minor
		0,
		entry.device?.major ?? 0,
		entry.device?.minor ?? 0,
		name.length,
		0, // checksum, unused in this form
	];
	const header = Buffer.from(`070701${numbers.map(hexadecimal).join('')}`);
	return [padded(Buffer.concat([header, name])), padded(content)];
}

function hexadecimal(value: number): string {
	return value.toString(16).padStart(8, '0');
}

function padded(bytes: Buffer): Buffer {
	return Buffer.concat([bytes, Buffer.alloc((4 - (bytes.length % 4)) % 4)]);
}
