/** `npm run release`: everything that people can be given, in release/, with checksums and a list of what is inside. */
import {createHash} from 'node:crypto';
import {readdir, readFile, rm, writeFile} from 'node:fs/promises';
import path from 'node:path';
import {execa} from 'execa';
import {project, projectVersion} from './bundle.ts';
import {makeExecutable} from './release/executable.ts';
import {thirdPartyLicenses} from './release/licenses.ts';
import {architectures} from './release/node-binary.ts';
import {makePackages} from './release/packages.ts';
import {releaseFolder} from './release/release-folder.ts';
import {sbom} from './release/sbom.ts';

const version = await projectVersion();
const folder = await releaseFolder();
// What an earlier version left must not come under this one's checksums.
for (const name of await readdir(folder)) await rm(path.join(folder, name));

await execa('npm', ['pack', '--ignore-scripts', '--pack-destination', folder], {cwd: project});
for (const architecture of architectures) {
	const executable = await makeExecutable(architecture);
	await makePackages({version, architecture, executable, folder});
}
await writeFile(path.join(folder, 'third-party-licenses.txt'), await thirdPartyLicenses());
await writeFile(path.join(folder, `virsnap-${version}.cdx.json`), await sbom(version));

const lines: string[] = [];
for (const name of (await readdir(folder)).sort()) {
	const sum = createHash('sha256').update(await readFile(path.join(folder, name)));
	lines.push(`${sum.digest('hex')}  ${name}\n`);
}
await writeFile(path.join(folder, 'SHA256SUMS'), lines.join(''));
console.log(folder);
