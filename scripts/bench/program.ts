/** The program that is measured: as it is built, on a lab, with nothing of it left outside. */
import {mkdtemp} from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import {setTimeout as delay} from 'node:timers/promises';
import {fileURLToPath} from 'node:url';
import type {Lab} from '../../source/lab/lab.ts';
import {inherited} from '../../test/helpers/inherited.ts';
import {type Launched, launch} from '../../test/helpers/pty.ts';
import {timed} from './timing.ts';

export const launcher = fileURLToPath(new URL('../../cli.js', import.meta.url));
export const cache = await mkdtemp(path.join(os.tmpdir(), 'virsnap-bench-'));

export function environment(lab: Lab): Record<string, string> {
	// Where this daemon keeps its records, to be watched there as those of a daemon of one's own are.
	const config = path.join(lab.folder, 'config');
	return {
		...inherited(),
		LIBVIRT_DEFAULT_URI: lab.uri,
		XDG_CACHE_HOME: cache,
		XDG_CONFIG_HOME: config,
		XDG_STATE_HOME: cache,
	};
}

/** Milliseconds of one command of virsnap. */
export function virsnap(lab: Lab, ...words: string[]): Promise<number> {
	return timed(process.execPath, [launcher, ...words], environment(lab));
}

/** Milliseconds of one command of virsh. */
export function virsh(lab: Lab, ...words: string[]): Promise<number> {
	return timed('virsh', ['-q', ...words], environment(lab));
}

/** Start the UI in a terminal and wait for its first frame (milliseconds). */
export async function openUi(lab: Lab, columns = 80, rows = 24): Promise<{terminal: Launched; firstFrame: number}> {
	const started = performance.now();
	const terminal = launch([launcher], {columns, rows, env: environment(lab)});
	while ((await terminal.screen()).trim() === '') await delay(1);
	return {terminal, firstFrame: performance.now() - started};
}

export async function quit(terminal: Launched): Promise<void> {
	terminal.write('q');
	await terminal.exited;
}

/** Milliseconds until the screen shows this. */
export async function untilShown(terminal: Launched, what: RegExp, seconds = 20): Promise<number> {
	const started = performance.now();
	while (!what.test(await terminal.screen())) {
		if (performance.now() - started > 1000 * seconds)
			throw new Error(`never showed ${what}:\n${await terminal.screen()}`);
		await new Promise(resolve => setImmediate(resolve));
	}

	return performance.now() - started;
}
