/** `npm run packages [-- --arch=x64|arm64]`: a .deb and a .rpm with the executable, in release/. */
import process from 'node:process';
import {parseArgs} from 'node:util';
import {projectVersion} from './bundle.ts';
import {makeExecutable} from './release/executable.ts';
import {architectureOf} from './release/node-binary.ts';
import {makePackages} from './release/packages.ts';
import {releaseFolder} from './release/release-folder.ts';

const {values} = parseArgs({options: {arch: {type: 'string', default: process.arch}}});
const architecture = architectureOf(values.arch);
const executable = await makeExecutable(architecture);
const folder = await releaseFolder();
for (const file of await makePackages({version: await projectVersion(), architecture, executable, folder})) {
	console.log(file);
}
