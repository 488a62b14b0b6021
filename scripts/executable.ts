/** `npm run executable [-- --arch=x64|arm64]`: virsnap as one file that needs no Node, in release/. */
import process from 'node:process';
import {parseArgs} from 'node:util';
import {makeExecutable} from './release/executable.ts';
import {architectures} from './release/node-binary.ts';

const {values} = parseArgs({options: {arch: {type: 'string', default: process.arch}}});
const architecture = architectures.find(name => name === values.arch);
if (architecture === undefined) {
	console.error(`--arch is one of ${architectures.join(', ')}`);
	process.exitCode = 2;
} else console.log(await makeExecutable(architecture));
