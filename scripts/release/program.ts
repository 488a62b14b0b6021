/** The program as the executable holds it: one script, and what V8 compiles of it. */
import {readFile, writeFile} from 'node:fs/promises';
import path from 'node:path';
import {build} from 'esbuild';
import {launch} from '../../test/helpers/pty.ts';
import {bundleOptions, project} from '../bundle.ts';

/** Writes the program into `file`, as a function of `require` and `module`, and its source map into `file`.map. */
export async function writeProgram(file: string): Promise<void> {
	await bundle(file, true);
	await makeAscii(file);
}

/** The folders of the packages whose code is in the program. */
export async function bundledFolders(): Promise<string[]> {
	const inputs = Object.keys((await bundle('nowhere', false)).metafile.inputs);
	const folders = inputs.map(input => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input)?.[0]);
	return [...new Set(folders.filter(folder => folder !== undefined))].sort();
}

async function bundle(file: string, write: boolean) {
	const options = await bundleOptions('executable');
	return build({
		...options,
		entryPoints: ['source/cli.tsx'],
		outfile: file,
		write,
		format: 'cjs',
		// One script has no other files to load: what is imported late is run late, from the same script.
		supported: {...options.supported, 'dynamic-import': false},
		banner: {js: '(function (require, module) {'},
		footer: {js: '})'},
		legalComments: 'none',
		sourcemap: 'external',
		sourcesContent: false,
	});
}

/** Escapes what esbuild leaves (in regular expressions and tagged templates): V8 takes a script of one byte a character as it is. */
async function makeAscii(file: string): Promise<void> {
	const script = await readFile(file, 'utf8');
	const escaped = (unit: string) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
	await writeFile(file, script.replaceAll(/[^\0-\x7f]/g, escaped), 'latin1');
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
