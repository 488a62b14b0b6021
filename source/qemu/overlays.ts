/** Which files are overlays, or saved memory, told by their first bytes, whatever they are called. */
import {constants, open, stat} from 'node:fs/promises';

/** `QFI\xfb`, the version, and where the backing file's name stands, 0 for none (QEMU, docs/interop/qcow2.txt). */
const magic = 0x514649fb;

/** Those of the files that are qcow2 images with a backing file. */
export async function overlaysAmong(files: readonly string[]): Promise<readonly string[]> {
	const found = await Promise.all(files.map(file => isOverlay(file).catch(() => false)));
	return files.filter((_, index) => found[index]);
}

/** Those of the files that libvirt has saved a domain's memory in (libvirt, src/qemu/qemu_saveimage.h: QEMU_SAVE_MAGIC). */
export async function savedAmong(files: readonly string[]): Promise<readonly string[]> {
	const found = await Promise.all(files.map(file => isSaved(file).catch(() => false)));
	return files.filter((_, index) => found[index]);
}

async function isOverlay(file: string): Promise<boolean> {
	const bytes = await firstBytes(file);
	return bytes.length === 16 && bytes.readUInt32BE(0) === magic && bytes.readBigUInt64BE(8) !== 0n;
}

async function isSaved(file: string): Promise<boolean> {
	return (await firstBytes(file)).toString('latin1') === 'LibvirtQemudSave';
}

/** Sixteen, or as many as there are. */
async function firstBytes(file: string): Promise<Buffer> {
	// Opening a pipe would wait for its other end.
	if (!(await stat(file)).isFile()) return Buffer.alloc(0);
	const handle = await open(file, constants.O_RDONLY | constants.O_NONBLOCK);
	try {
		const {buffer, bytesRead} = await handle.read(Buffer.alloc(16), 0, 16, 0);
		return buffer.subarray(0, bytesRead);
	} finally {
		await handle.close();
	}
}
