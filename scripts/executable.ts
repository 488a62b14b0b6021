/** `npm run executable [-- --arch=x64|arm64]`: virsnap as one file that needs no Node, in release/. */
import process from 'node:process';
import {parseArgs} from 'node:util';
import {makeExecutable} from './release/executable.ts';
import {architectureOf} from './release/node-binary.ts';

const {values} = parseArgs({options: {arch: {type: 'string', default: process.arch}}});
console.log(await makeExecutable(architectureOf(values.arch)));
