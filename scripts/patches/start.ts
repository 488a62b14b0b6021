/** What Ink and Yoga do as they are loaded. */
import {readFile} from 'node:fs/promises';
import path from 'node:path';
import type {Plugin} from 'esbuild';
import {patch} from './patch.ts';

/**
 * Ink loads the React developer tools with top-level await where DEV=true. They are not part of this program, and the
 * await would make every module around it asynchronous.
 */
export const noDeveloperTools = patch('no-developer-tools', /[/\\]ink[/\\]build[/\\]reconciler\.js$/, code => {
	const changed = code.replace(/^if \(process\.env\['DEV'\] === 'true'\) \{[\s\S]*?^\}\n/gm, '');
	return changed.includes('devtools.js') || changed.includes("env['DEV']") ? code : changed;
});

/**
 * Yoga, Ink's layout engine, starts its WebAssembly with top-level await, from a data URL. Started synchronously the first
 * frame comes a fifth earlier (measured: 297 instead of 366 ms on a busy machine, where a bare node takes 40).
 */
const yogaSource = /data:application\/octet-stream;base64,([\w+/=]{100,})/;
export const yogaWithoutSource = patch('yoga-without-source', /[/\\]yoga-wasm-base64-esm\.js$/, code =>
	code.replace(yogaSource, 'data:application/octet-stream;base64,').replace('import.meta.url', '""'),
);
export const yogaAtOnce: Plugin = {
	name: 'yoga-at-once',
	setup({onLoad}) {
		onLoad({filter: /[/\\]yoga-layout[/\\]dist[/\\]src[/\\]index\.js$/}, async ({path: file}) => {
			const code = await readFile(file, 'utf8');
			const glue = await readFile(path.join(path.dirname(file), '../binaries/yoga-wasm-base64-esm.js'), 'utf8');
			const source = yogaSource.exec(glue)?.[1];
			if (!source || !code.includes('wrapAssembly(await loadYoga())')) {
				throw new Error(`${file} has changed: look at yoga-at-once in scripts/patches`);
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
