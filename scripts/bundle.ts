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
 * string-width makes a table of all emoji as it is loaded, and compiles it for the first text that is not ASCII: a fifth of
 * the CPU time until the first frame (178 ms with it, 145 without, a bare node takes 23). A lone character is such an emoji
 * only where it has Emoji_Presentation (UTS #51, ED-20), which is a small table, so the large one waits for a cluster.
 */
const emojiWhenMet = patch('emoji-when-met', /[/\\]string-width[/\\]index\.js$/, code =>
	code.replace(
		/^const rgiEmojiRegex = (\/\^\\p\{RGI_Emoji\}\$\/v);$/m,
		`const emojiByItself = /\\p{Emoji_Presentation}/u;
let rgiEmoji;
const rgiEmojiRegex = {
	test(cluster) {
		if (cluster.length === 1 && !emojiByItself.test(cluster)) return false;
		rgiEmoji ??= $1;
		return rgiEmoji.test(cluster);
	},
};`,
	),
);

export const project = path.dirname(import.meta.dirname);

/** The one place where the version is written. */
export async function projectVersion(): Promise<string> {
	return JSON.parse(await readFile(path.join(project, 'package.json'), 'utf8')).version;
}

/** What both forms of the program have in common. */
export async function bundleOptions(form: 'npm' | 'executable') {
	return {
		absWorkingDir: project,
		bundle: true,
		platform: 'node',
		target: 'node22.12',
		jsx: 'automatic',
		// React's development build costs 2 to 2.5 times as much for each key.
		define: {
			'process.env.NODE_ENV': '"production"',
			VIRSNAP_VERSION: JSON.stringify(await projectVersion()),
			VIRSNAP_FORM: JSON.stringify(form),
		},
		// A third less to read and to check at each start. Names stay, and lines stay short: a stack trace is still of use.
		minifyWhitespace: true,
		lineLimit: 160,
		metafile: true,
		logLevel: 'warning',
		plugins: [noDeveloperTools, yogaWithoutSource, yogaAtOnce, emojiWhenMet],
	} satisfies BuildOptions;
}
