/** How source/ and what it imports are made one program, for npm's package and for the executable alike. */
import {readFile} from 'node:fs/promises';
import path from 'node:path';
import type {BuildOptions} from 'esbuild';
import {keptCells, keptTexts} from './patches/frames.ts';
import {noDeveloperTools, yogaAtOnce, yogaWithoutSource} from './patches/start.ts';
import {widths} from './patches/widths.ts';

export const project = path.dirname(import.meta.dirname);

/** The one place where the version is written. */
export async function projectVersion(): Promise<string> {
	return JSON.parse(await readFile(path.join(project, 'package.json'), 'utf8')).version;
}

/** What both forms of the program have in common. */
export async function bundleOptions(form: 'npm' | 'executable') {
	return {
		absWorkingDir: project,
		entryPoints: ['source/cli.tsx'],
		bundle: true,
		// One script for all, of which only what is called is compiled, and what is imported late is run late: as a hundred modules the same
		// takes 12 ms of CPU time more for `--version` and 22 for `list` (a bare node: 24).
		format: 'cjs',
		platform: 'node',
		target: 'node22.12',
		jsx: 'automatic',
		// React's development build costs 2 to 2.5 times as much for each key.
		define: {
			'process.env.NODE_ENV': '"production"',
			VIRSNAP_VERSION: JSON.stringify(await projectVersion()),
			VIRSNAP_FORM: JSON.stringify(form),
		},
		// Expressions are left as they are written: made by `new RegExp` they would be made even where nobody uses them.
		supported: {'dynamic-import': false, 'regexp-unicode-property-escapes': true, 'regexp-set-notation': true},
		// A third less to read and to check at each start. Names stay, and lines stay short: a stack trace is still of use.
		minifyWhitespace: true,
		lineLimit: 160,
		metafile: true,
		logLevel: 'warning',
		plugins: [noDeveloperTools, yogaWithoutSource, yogaAtOnce, widths, keptTexts, keptCells],
	} satisfies BuildOptions;
}

/** Escapes what esbuild leaves (in regular expressions and tagged templates): V8 takes a script of one byte a character as it is. */
export function inAscii(script: string): string {
	return script.replaceAll(/[^\0-\x7f]/g, unit => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
