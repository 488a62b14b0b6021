/** How source/ and what it imports are made one program, for npm's package and for the executable alike. */
import {readFile} from 'node:fs/promises';
import path from 'node:path';
import type {BuildOptions, Plugin} from 'esbuild';

/** Load one file of a package changed; throws when the package no longer looks as the change expects. */
function patch(name: string, filter: RegExp, change: (code: string) => string): Plugin {
	return {
		name,
		setup({onLoad}) {
			onLoad({filter}, async ({path: file}) => {
				const code = await readFile(file, 'utf8');
				const changed = change(code);
				if (changed === code) throw new Error(`${file} has changed: look at the patch ${name} in scripts/build.ts`);
				return {contents: changed, resolveDir: path.dirname(file)};
			});
		},
	};
}

/**
 * Ink loads the React developer tools with top-level await where DEV=true. They are not part of this program, and the
 * await would make every module around it asynchronous.
 */
const noDeveloperTools = patch('no-developer-tools', /[/\\]ink[/\\]build[/\\]reconciler\.js$/, code => {
	const changed = code.replace(/^if \(process\.env\['DEV'\] === 'true'\) \{[\s\S]*?^\}\n/gm, '');
	return changed.includes('devtools.js') || changed.includes("env['DEV']") ? code : changed;
});

/**
 * Yoga, Ink's layout engine, starts its WebAssembly with top-level await, from a data URL. Started synchronously the first
 * frame comes a fifth earlier (measured: 297 instead of 366 ms on a busy machine, where a bare node takes 40).
 */
const yogaSource = /data:application\/octet-stream;base64,([\w+/=]{100,})/;
const yogaWithoutSource = patch('yoga-without-source', /[/\\]yoga-wasm-base64-esm\.js$/, code =>
	code.replace(yogaSource, 'data:application/octet-stream;base64,').replace('import.meta.url', '""'),
);
const yogaAtOnce: Plugin = {
	name: 'yoga-at-once',
	setup({onLoad}) {
		onLoad({filter: /[/\\]yoga-layout[/\\]dist[/\\]src[/\\]index\.js$/}, async ({path: file}) => {
			const code = await readFile(file, 'utf8');
			const glue = await readFile(path.join(path.dirname(file), '../binaries/yoga-wasm-base64-esm.js'), 'utf8');
			const source = yogaSource.exec(glue)?.[1];
			if (!source || !code.includes('wrapAssembly(await loadYoga())')) {
				throw new Error(`${file} has changed: look at yoga-at-once in scripts/build.ts`);
			}

			return {contents: yogaModule(source), resolveDir: path.dirname(file)};
		});
	},
};

function yogaModule(source: string): string {
	return `
import loadYoga from '../binaries/yoga-wasm-base64-esm.js';
import wrapAssembly from './wrapAssembly.js';
export * from './generated/YGEnums.js';

const library = {
	instantiateWasm(imports, done) {
		const module = new WebAssembly.Module(Buffer.from('${source}', 'base64'));
		const instance = new WebAssembly.Instance(module, imports);
		done(instance);
		return instance.exports;
	},
};
loadYoga(library);
export default wrapAssembly(library);`;
}

/**
 * string-width compiles regular expressions of Unicode's properties, and opens ICU's tables of graphemes, as it is loaded: 18 ms of CPU
 * time, where a bare node takes 24. Texts of ASCII need none of it, so it waits for another one. Of all emoji it makes a table for the
 * first such text, a fifth of the CPU time until the UI's first frame (178 ms with it, 145 without). A lone character is such an emoji only
 * where it has Emoji_Presentation (UTS #51, ED-20), which is a small table, so the large one waits for a cluster.
 */
const tablesWhenMet = patch('tables-when-met', /[/\\]string-width[/\\]index\.js$/, code => {
	const made: string[] = [];
	const declared = code.replaceAll(
		/^const (\w+) = (\/.*\/(?:v|gu)|new Intl\.Segmenter\(\));$/gm,
		(_, name: string, value: string) => {
			made.push(`${name} = ${name === 'rgiEmojiRegex' ? emojiWhenMet(value) : value};`);
			return `let ${name};`;
		},
	);
	const loop = '\tfor (const {segment} of segmenter.segment(string)) {';
	const changed = declared.replace(loop, () => `\tif (segmenter === undefined) makeTables();\n${loop}`);
	if (made.length !== 5 || changed === declared) return code;
	return `${changed}\nfunction makeTables() {\n${made.join('\n')}\n}\n`;
});

const emojiWhenMet = (table: string) => `{
	byItself: /\\p{Emoji_Presentation}/u,
	table: undefined,
	test(cluster) {
		if (cluster.length === 1 && !this.byItself.test(cluster)) return false;
		this.table ??= ${table};
		return this.table.test(cluster);
	},
}`;

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
		plugins: [noDeveloperTools, yogaWithoutSource, yogaAtOnce, tablesWhenMet],
	} satisfies BuildOptions;
}

/** Escapes what esbuild leaves (in regular expressions and tagged templates): V8 takes a script of one byte a character as it is. */
export function inAscii(script: string): string {
	return script.replaceAll(/[^\0-\x7f]/g, unit => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
