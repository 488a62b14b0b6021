#!/usr/bin/env node
// Starts the built program. Has to parse on every Node that knows modules, so that an old one gets words and no stack trace.
import {spawn} from 'node:child_process';
import {existsSync} from 'node:fs';
import * as nodeModule from 'node:module';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import {fileURLToPath} from 'node:url';

const here = path.dirname(fileURLToPath(import.meta.url));
const [major, minor] = process.versions.node.split('.').map(Number);

if (major > 22 || (major === 22 && minor >= 12)) start();
else startNewerNode();

function start() {
	const program = path.join(here, 'dist', 'app.mjs');
	if (!existsSync(program)) return fail('virsnap is not built yet.\nBuild it: npm run build');
	// Ink's colours know FORCE_COLOR only, and read it when they are loaded.
	if (process.env.NO_COLOR || process.env.TERM === 'dumb') process.env.FORCE_COLOR = '0';
	const cache = process.env.XDG_CACHE_HOME || path.join(os.homedir(), '.cache');
	nodeModule.enableCompileCache(path.join(cache, 'virsnap'));
	return import('./dist/app.mjs');
}

/** npm puts a newer Node beside the program (optional dependencies node-linux-*): run on that one instead. */
function startNewerNode() {
	const newer = [path.join(here, 'node_modules', '.bin', 'node'), path.join(here, '..', '.bin', 'node')].find(
		existsSync,
	);
	if (!newer || process.env.VIRSNAP_NODE) {
		return fail(
			`virsnap needs Node 22.12 or newer; this is ${process.version}.\nInstall one: https://nodejs.org/en/download`,
		);
	}

	const env = Object.assign({}, process.env, {VIRSNAP_NODE: newer});
	const child = spawn(newer, [fileURLToPath(import.meta.url)].concat(process.argv.slice(2)), {stdio: 'inherit', env});
	// The terminal sends Ctrl-C to both; what others send to this process is handed on, and its end is the child's.
	process.on('SIGINT', () => {});
	for (const signal of ['SIGTERM', 'SIGHUP', 'SIGQUIT']) process.on(signal, () => child.kill(signal));
	child.on('error', error => fail(`virsnap could not start ${newer}: ${error.message}`));
	child.on('exit', (code, signal) => {
		process.exitCode = code === null ? 128 + (os.constants.signals[signal] || 0) : code;
	});
}

function fail(message) {
	process.stderr.write(`${message}\n`);
	process.exitCode = 2;
}
