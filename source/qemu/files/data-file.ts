/** Where the data of a qcow2 image is in another file (`data_file`): whoever writes to that, or removes it, does so to the image. */
import {constants, open, stat} from 'node:fs/promises';
import path from 'node:path';
import {dataFileIn} from '../qcow2.ts';
import {filesIn} from './names.ts';

/** More than the header, its extensions and the names in it take. */
const headBytes = 4096;

/** The file with the data of this image; null where the image has none, or cannot be read. */
export async function dataFileOf(file: string): Promise<string | null> {
	try {
		// Opening a pipe would wait for its other end.
		const facts = await stat(file);
		if (!facts.isFile() && !facts.isBlockDevice()) return null;
		return dataFileNamed(dataFileIn(await headOf(file)));
	} catch {
		return null;
	}
}

/**
 * The path that an image or qemu-img names; null where that is none that means one file. QEMU looks for a relative one in the folder that
 * it was started in, whatever folder the image is in (verified on 7.2).
 */
export function dataFileNamed(name: string | null | undefined): string | null {
	const [file, ...others] = name ? filesIn(name) : [];
	return file !== undefined && others.length === 0 && path.isAbsolute(file) ? path.normalize(file) : null;
}

async function headOf(file: string): Promise<Buffer> {
	const handle = await open(file, constants.O_RDONLY | constants.O_NONBLOCK);
	try {
		const {buffer, bytesRead} = await handle.read(Buffer.alloc(headBytes), 0, headBytes, 0);
		return buffer.subarray(0, bytesRead);
	} finally {
		await handle.close();
	}
}
