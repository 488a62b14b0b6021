/**
 * virsnap as one file that needs no Node: it is Node's own program with ours in it
 * (https://nodejs.org/api/single-executable-applications.html), and starts itself anew to carry a plan out.
 */
import {mkdtemp, rename, rm, writeFile} from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import {execa} from 'execa';
import {project, projectVersion} from '../bundle.ts';
import {type Architecture, copyStripped, nodePackage} from './node-binary.ts';
import {compileProgram, writeProgram} from './program.ts';
import {releaseFolder} from './release-folder.ts';

/** Makes the executable and returns where it is. */
export async function makeExecutable(architecture: Architecture): Promise<string> {
	const folder = await mkdtemp(path.join(os.tmpdir(), 'virsnap-executable-'));
	try {
		const inside = (name: string) => path.join(folder, name);
		const node = path.join(await nodePackage(process.arch as Architecture), 'bin/node');
		await writeProgram(inside('program'));
		const assets: Record<string, string> = {program: inside('program'), map: inside('program.map')};
		// What one architecture's V8 has compiled another's does not take.
		if (architecture === process.arch) {
			await compileProgram(node, inside('program'), inside('compiled'), folder);
			assets.compiled = inside('compiled');
		}

		const config = {
			main: path.join(project, 'scripts/release/start.cjs'),
			output: inside('blob'),
			disableExperimentalSEAWarning: true,
			// NODE_OPTIONS of whoever runs it are meant for another program.
			execArgvExtension: 'none',
			assets,
		};
		await writeFile(inside('config.json'), JSON.stringify(config));
		await execa(node, ['--experimental-sea-config', inside('config.json')]);

		await copyStripped(architecture, inside('virsnap'));
		await execa(node, [
			path.join(project, 'node_modules/postject/dist/cli.js'),
			...[inside('virsnap'), 'NODE_SEA_BLOB', inside('blob')],
			...['--sentinel-fuse', 'NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2'],
		]);
		const target = path.join(await releaseFolder(), `virsnap-${await projectVersion()}-linux-${architecture}`);
		await execa('cp', [inside('virsnap'), `${target}.new`]);
		await rename(`${target}.new`, target);
		return target;
	} finally {
		await rm(folder, {recursive: true, force: true});
	}
}
