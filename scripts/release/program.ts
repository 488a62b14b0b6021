/** The program as the executable holds it: one script, and what V8 compiles of it. */
import {readFile, writeFile} from 'node:fs/promises';
import path from 'node:path';
import {build} from 'esbuild';
import {launch} from '../../test/helpers/pty.ts';
import {bundleOptions, inAscii, project} from '../bundle.ts';

/** Writes the program into `file`, as a function of `require` and `module`, and its source map into `file`.map. */
export async function writeProgram(file: string): Promise<void> {
	await bundle(file, true);
	await writeFile(file, inAscii(await readFile(file, 'utf8')), 'latin1');
}

/** The folders of the packages whose code is in the program. */
export async function bundledFolders(): Promise<string[]> {
	const inputs = Object.keys((await bundle('nowhere', false)).metafile.inputs);
	const folders = inputs.map(input => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input)?.[0]);
	return [...new Set(folders.filter(folder => folder !== undefined))].sort();
}

async function bundle(file: string, write: boolean) {
	return build({
		...(await bundleOptions('executable')),
		outfile: file,
		write,
		banner: {js: '(function (require, module) {'},
		footer: {js: '})'},
		legalComments: 'none',
		sourcemap: 'external',
		sourcesContent: false,
	});
}

/**
 * Writes what V8 compiles of the program in its first moments into `compiled`: a quarter less work until the UI's first frame (measured
 * as CPU time: 530 ms with it, 720 from npm's package; with useCodeCache, which compiles what runs at once, hardly less than that).
 * `test:///default` is a hypervisor that libvirt makes up, so no daemon is asked.
 */
export async function compileProgram(node: string, file: string, compiled: string, state: string): Promise<void> {
	const script = path.join(project, 'scripts/release/compile.cjs');
	const env = {XDG_STATE_HOME: state, XDG_CACHE_HOME: state};
	const ui = launch([script, file, compiled, '-c', 'test:///default'], {file: node, env});
	try {
		for (const [appears, key] of [
			[/Domains/, '?'],
			[/Esc/, '\x1b'],
			[/Domains/, 'q'],
		] as const) {
			await ui.waitFor(appears, 60_000);
			ui.write(key);
		}
		await ui.exited;
	} finally {
		await ui.stop();
	}
}
