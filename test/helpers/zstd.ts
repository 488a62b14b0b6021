import {execFileSync} from 'node:child_process';
import {mkdtempSync, rmSync} from 'node:fs';
import os from 'node:os';
import path from 'node:path';

/** Whether QEMU was built with zstd: that of Debian 11 was not, and its help does not tell. */
export const hasZstd: boolean = made();

function made(): boolean {
	const folder = mkdtempSync(path.join(os.tmpdir(), 'virsnap-zstd-'));
	try {
		const argv = ['create', '-q', '-f', 'qcow2', '-o', 'compression_type=zstd', path.join(folder, 'image'), '64k'];
		execFileSync('qemu-img', argv, {stdio: 'ignore'});
		return true;
	} catch {
		return false;
	} finally {
		rmSync(folder, {recursive: true});
	}
}
