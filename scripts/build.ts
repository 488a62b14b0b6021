/** `node scripts/build.ts`: source/ and what it imports into dist/, in well under a second. */
import {readFile, rm} from 'node:fs/promises';
import path from 'node:path';
import {fileURLToPath} from 'node:url';
import {build, type Plugin} from 'esbuild';

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

const root = path.join(path.dirname(fileURLToPath(import.meta.url)), '..');
await rm(path.join(root, 'dist'), {recursive: true, force: true});
await build({
	absWorkingDir: root,
	entryPoints: {app: 'source/cli.tsx'},
	outdir: 'dist',
	outExtension: {'.js': '.mjs'},
	bundle: true,
	splitting: true,
	format: 'esm',
	platform: 'node',
	target: 'node22.12',
	jsx: 'automatic',
	// React's development build costs 2 to 2.5 times as much for each key.
	define: {'process.env.NODE_ENV': '"production"'},
	// CommonJS packages in the bundle still ask for Node's own modules by require.
	banner: {js: "import {createRequire} from 'node:module'; const require = createRequire(import.meta.url);"},
	legalComments: 'linked',
	logLevel: 'warning',
	plugins: [noDeveloperTools],
});
