// A Node new enough, and a program run on it. Read by the Node that is too old, so this has to parse on every Node that knows modules.
import {existsSync} from 'node:fs';
import {createRequire} from 'node:module';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import {fileURLToPath} from 'node:url';

const here = path.dirname(fileURLToPath(import.meta.url));

export function isAtLeast(major, minor) {
	const [ownMajor, ownMinor] = process.versions.node.split('.').map(Number);
	return ownMajor > major || (ownMajor === major && ownMinor >= minor);
}

/** The Node that npm brought (optional dependencies node-linux-*), wherever it put the package; undefined where it has none. */
export function findNewerNode() {
	const inBin = [path.join(here, 'node_modules', '.bin', 'node'), path.join(here, '..', '.bin', 'node')];
	return inPackage().concat(inBin).find(existsSync);
}

// npm 9 of Debian does not link the program of an optional package into .bin.
function inPackage() {
	try {
		const file = createRequire(import.meta.url).resolve(`node-linux-${process.arch}/package.json`);
		return [path.join(path.dirname(file), 'bin', 'node')];
	} catch {
		return [];
	}
}

/** Run `node` with these words in place of this process: terminal, signals and exit status are handed on. */
export async function runOn(node, words, env) {
	// A Node that is new enough starts sooner without it.
	const {spawn} = await import('node:child_process');
	const child = spawn(node, words, {stdio: 'inherit', env: Object.assign({}, process.env, env)});
	// The terminal sends Ctrl-C to both; what others send to this process is handed on, and its end is the child's.
	process.on('SIGINT', () => {});
	for (const signal of ['SIGTERM', 'SIGHUP', 'SIGQUIT']) process.on(signal, () => child.kill(signal));
	child.on('error', error => fail(`Could not start ${node}: ${error.message}`));
	child.on('exit', (code, signal) => {
		process.exitCode = code === null ? 128 + (os.constants.signals[signal] || 0) : code;
	});
}

export function fail(message) {
	process.stderr.write(`${message}\n`);
	process.exitCode = 2;
}
