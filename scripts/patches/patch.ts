/** A file of a package, changed as it is bundled. */
import {readFile} from 'node:fs/promises';
import path from 'node:path';
import type {Plugin} from 'esbuild';

/** Load one file of a package changed; throws when the package no longer looks as the change expects. */
export function patch(name: string, filter: RegExp, change: (code: string) => string): Plugin {
	return {
		name,
		setup({onLoad}) {
			onLoad({filter}, async ({path: file}) => {
				const code = await readFile(file, 'utf8');
				const changed = change(code);
				if (changed === code) throw new Error(`${file} has changed: look at the patch ${name} in scripts/patches`);
				return {contents: changed, resolveDir: path.dirname(file)};
			});
		},
	};
}
