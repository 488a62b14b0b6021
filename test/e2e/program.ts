/** The built program as a process of its own, working on a lab. */
import {execFile} from 'node:child_process';
import {existsSync} from 'node:fs';
import path from 'node:path';
import {fileURLToPath} from 'node:url';
import {inherited} from '../helpers/inherited.ts';
import type {Lab} from '../helpers/lab.ts';
import {atMost} from '../helpers/patience.ts';

export const launcher = fileURLToPath(new URL('../../cli.js', import.meta.url));

/** Environment for the program: this lab, and receipts and caches in the lab's own folder. */
export function programEnvironment(lab: Pick<Lab, 'uri' | 'folder'>): Record<string, string> {
	return {
		...inherited(),
		LIBVIRT_DEFAULT_URI: lab.uri,
		XDG_CONFIG_HOME: path.join(lab.folder, 'config'),
		XDG_STATE_HOME: path.join(lab.folder, 'state'),
		XDG_CACHE_HOME: path.join(lab.folder, 'compiled'),
	};
}

export type Ended = {status: number; stdout: string; stderr: string};

/** Run `virsnap …` without a terminal; any exit status is an answer. */
export function virsnap(lab: Pick<Lab, 'uri' | 'folder'>, ...words: string[]): Promise<Ended> {
	return ended(process.execPath, [launcher, ...words], programEnvironment(lab));
}

/** Run a shell script in which `virsnap` is the built program. */
export function shell(lab: Pick<Lab, 'uri' | 'folder'>, script: string): Promise<Ended> {
	const definition = `virsnap() { '${process.execPath}' '${launcher}' "$@"; }`;
	return ended('bash', ['-o', 'pipefail', '-c', `${definition}\n${script}`], programEnvironment(lab));
}

function ended(program: string, words: readonly string[], env: NodeJS.ProcessEnv): Promise<Ended> {
	if (!existsSync(path.join(path.dirname(launcher), 'dist/app.cjs'))) throw new Error('Build first: npm run build');
	return new Promise(resolve => {
		const child = execFile(program, words, {env, timeout: atMost(60)}, (error, stdout, stderr) => {
			resolve({status: error ? (child.exitCode ?? -1) : 0, stdout, stderr});
		});
		child.stdin?.end();
	});
}
