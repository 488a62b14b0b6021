/** The package as it is installed: built when it is packed, and complete without node_modules. */
import {mkdtemp, readFile, rm} from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import {execa} from 'execa';
import {afterAll, beforeAll, expect, test} from 'vitest';

const project = path.join(import.meta.dirname, '../..');
let folder: string;
beforeAll(async () => {
	folder = await mkdtemp(path.join(os.tmpdir(), 'virsnap-package-'));
});
afterAll(() => rm(folder, {recursive: true, force: true}));

test('runs where nothing but Node is installed', async () => {
	const {version, scripts} = JSON.parse(await readFile(path.join(project, 'package.json'), 'utf8'));
	expect(scripts.prepack).toBe(scripts.build);
	// What is built is there already: building again would pull it from under the other tests.
	await execa('npm', ['pack', '--ignore-scripts', '--pack-destination', folder], {cwd: project});
	await execa('tar', ['-xzf', path.join(folder, `virsnap-${version}.tgz`), '-C', folder]);
	const env = {XDG_CACHE_HOME: folder};
	const {stdout} = await execa(process.execPath, [path.join(folder, 'package/cli.js'), '--version'], {env});
	expect(stdout.trim()).toContain(version);
});
