/** `node scripts/build.ts`: source/ and what it imports into dist/, in well under a second. */
import {readdir, rm} from 'node:fs/promises';
import path from 'node:path';
import {build} from 'esbuild';
import {bundleOptions, project} from './bundle.ts';

const {metafile} = await build({
	...(await bundleOptions('npm')),
	entryPoints: {app: 'source/cli.tsx'},
	outdir: 'dist',
	outExtension: {'.js': '.mjs'},
	splitting: true,
	format: 'esm',
	// CommonJS packages in the bundle still ask for Node's own modules by require.
	banner: {js: "import {createRequire} from 'node:module'; const require = createRequire(import.meta.url);"},
	legalComments: 'linked',
	// A stack names lines of the source. The maps go into the package: who meets a bug has no other place to take them from.
	sourcemap: 'linked',
	sourcesContent: false,
});

// Parts carry a hash in their names: what an earlier build left goes only now, so that the program is there all the while.
const written = new Set(Object.keys(metafile.outputs));
const present = await readdir(path.join(project, 'dist'));
const stale = present.map(name => `dist/${name}`).filter(file => !written.has(file));
await Promise.all(stale.map(file => rm(path.join(project, file), {recursive: true})));
