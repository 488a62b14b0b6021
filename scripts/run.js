// `node scripts/run.js FILE.ts|PROGRAM [WORD …]`: runs a script, or a program of node_modules/.bin, on a Node that
// reads TypeScript: this one, or else the one that `npm ci` brought. Has to parse on every Node that knows modules.
import {existsSync, realpathSync} from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import {fileURLToPath, pathToFileURL} from 'node:url';
import {fail, findNewerNode, isAtLeast, runOn} from '../newer-node.js';

const project = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const [name = '', ...words] = process.argv.slice(2);
const file = name.endsWith('.ts') ? path.resolve(name) : path.join(project, 'node_modules', '.bin', name);

if (!existsSync(file)) fail(`${file} is missing.\nGet what the scripts need: npm ci`);
else if (isAtLeast(22, 18)) {
	process.argv.splice(1, 2, realpathSync(file));
	await import(pathToFileURL(process.argv[1]).href);
} else {
	const newer = findNewerNode();
	if (newer) {
		// What the script starts by name finds it as well.
		const PATH = [path.dirname(newer), process.env.PATH || ''].join(path.delimiter);
		runOn(newer, [realpathSync(file), ...words], {PATH});
	} else {
		fail(
			`The scripts need Node 22.18 or newer; this is ${process.version}, and npm brought no newer one for ${process.platform} ${process.arch}.\nInstall one: https://nodejs.org/en/download`,
		);
	}
}
