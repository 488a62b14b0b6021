/** Which files are overlays, told by their first bytes, whatever they are called. */
import {constants, open, stat} from 'node:fs/promises';

/** `QFI\xfb`, the version, and where the backing file's name stands, 0 for none (QEMU, docs/interop/qcow2.txt). */
const magic = 0x514649fb;

/** Those of the files that are qcow2 images with a backing file. */
export async function overlaysAmong(files: readonly string[]): Promise<readonly string[]> {
	const found = await Promise.all(files.map(file => isOverlay(file).catch(() => false)));
	return files.filter((_, index) => found[index]);
}

async function isOverlay(file: string): Promise<boolean> {
	// Opening a pipe would wait for its other end.
	if (!(await stat(file)).isFile()) return false;
	const handle = await open(file, constants.O_RDONLY | constants.O_NONBLOCK);
	try {
		const {buffer, bytesRead} = await handle.read(Buffer.alloc(16), 0, 16, 0);
		return bytesRead === 16 && buffer.readUInt32BE(0) === magic && buffer.readBigUInt64BE(8) !== 0n;
	} finally {
		await handle.close();
	}
}
