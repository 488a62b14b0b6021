/**
 * `npm run test:bare`: the README's two commands in a Debian where nothing is installed but an old Node and npm.
 * Clones HEAD, so commit first.
 */
import fs from 'node:fs';
import path from 'node:path';
import {execa} from 'execa';
import {debianFolder, enter, throwAwayCopy} from './debian-folder.ts';

const commands =
	process.argv.slice(2).length > 0 ? process.argv.slice(2) : ['npm ci && npm run demo', 'npm ci && npm test'];
const project = path.dirname(import.meta.dirname);
const base = await debianFolder('bookworm');

for (const command of commands) {
	const machine = await throwAwayCopy(base);
	try {
		await bringNode(machine.path);
		await execa('git', ['clone', '-q', project, path.join(machine.path, 'virsnap')]);
		console.error(`\n== On a bare Debian 12: ${command}`);
		const started = performance.now();
		await enter(machine, ['sh', '-c', command], {
			cwd: '/virsnap',
			env: {NODE_EXTRA_CA_CERTS: '/etc/ssl/certs/ca-certificates.crt'},
		});
		console.error(`== Done in ${Math.round((performance.now() - started) / 1000)} s: ${command}`);
	} finally {
		await machine.remove();
	}
}

/** The system's own old Node (not the project's current one) and npm with its settings. */
async function bringNode(folder: string): Promise<void> {
	for (const [file, target] of [
		['/usr/bin/node', 'usr/bin/node'],
		['/usr/lib/node_modules/npm', 'usr/lib/node_modules/npm'],
		['/usr/etc/npmrc', 'usr/etc/npmrc'],
		[path.join(process.env.HOME ?? '/root', '.npmrc'), 'root/.npmrc'],
	] as const) {
		if (!fs.existsSync(file)) continue;
		await fs.promises.mkdir(path.dirname(path.join(folder, target)), {recursive: true});
		await execa('cp', ['-aL', file, path.join(folder, target)]);
	}
	for (const name of ['npm', 'npx']) {
		await fs.promises.symlink(`../lib/node_modules/npm/bin/${name}-cli.js`, path.join(folder, 'usr/bin', name));
	}
	for (const library of await libraries('/usr/bin/node')) {
		const target = path.join(folder, library);
		if (fs.existsSync(target)) continue;
		await fs.promises.mkdir(path.dirname(target), {recursive: true});
		await execa('cp', ['-L', library, target]);
	}
}

async function libraries(binary: string): Promise<string[]> {
	const {stdout} = await execa('ldd', [binary]);
	return [...stdout.matchAll(/=> (\/\S+)/g)].map(match => match[1]!);
}
