#!/usr/bin/env node
// Starts the built program. Has to parse on every Node that knows modules, so that an old one gets words and no stack trace.
import {existsSync} from 'node:fs';
import * as nodeModule from 'node:module';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import {fileURLToPath} from 'node:url';
import {fail, findNewerNode, isAtLeast, runOn} from './newer-node.js';

const here = path.dirname(fileURLToPath(import.meta.url));

if (isAtLeast(22, 12)) start();
else startNewerNode();

function start() {
	// Known to the launcher alone: what is started from here may have to look for a newer Node itself.
	delete process.env.VIRSNAP_NODE;
	const program = path.join(here, 'dist', 'app.cjs');
	if (!existsSync(program)) return fail('virsnap is not built yet.\nBuild it: npm run build');
	// By the XDG base directory specification a relative path counts as not set: nothing is written to the current folder.
	const folders = [process.env.XDG_CACHE_HOME || '', path.join(os.homedir(), '.cache')];
	const cache = folders.find(path.isAbsolute);
	// One for all commands: Node keeps what is compiled as the script is loaded, whatever is called later.
	if (cache) nodeModule.enableCompileCache(path.join(cache, 'virsnap'));
	nodeModule.createRequire(import.meta.url)(program);
}

function startNewerNode() {
	const newer = findNewerNode();
	if (newer && !process.env.VIRSNAP_NODE) {
		return runOn(newer, [fileURLToPath(import.meta.url)].concat(process.argv.slice(2)), {VIRSNAP_NODE: newer});
	}

	fail(`virsnap needs Node 22.12 or newer; this is ${process.version}.\nInstall one: https://nodejs.org/en/download`);
}
