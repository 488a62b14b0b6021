/** `node scripts/build.ts`: source/ and what it imports into dist/, in well under a second. */
import {mkdir, readdir, rename, rm, writeFile} from 'node:fs/promises';
import path from 'node:path';
import {build} from 'esbuild';
import {bundleOptions, inAscii, project} from './bundle.ts';

const dist = path.join(project, 'dist');
const {outputFiles} = await build({
	...(await bundleOptions('npm')),
	outfile: 'dist/app.cjs',
	write: false,
	legalComments: 'linked',
	// A stack names lines of the source. The maps go into the package: who meets a bug has no other place to take them from.
	sourcemap: 'linked',
	sourcesContent: false,
});

// In the place of an earlier build, so that the program is there all the while.
await mkdir(dist, {recursive: true});
for (const {path: file, text} of outputFiles) {
	await writeFile(`${file}.new`, file.endsWith('.cjs') ? inAscii(text) : text);
	await rename(`${file}.new`, file);
}

const written = new Set(outputFiles.map(({path: file}) => path.basename(file)));
const stale = (await readdir(dist)).filter(name => !written.has(name));
await Promise.all(stale.map(name => rm(path.join(dist, name), {recursive: true})));
