/** The package as it is installed: built when it is packed, and complete without node_modules. */
import {mkdir, mkdtemp, readFile, rm, symlink, writeFile} from 'node:fs/promises';
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
	const {stdout} = await execa(process.execPath, [await unpacked('new'), '--version'], {env: {XDG_CACHE_HOME: folder}});
	expect(stdout.trim()).toContain(version);
});

test('an old Node hands over to the one in the package that npm brought, linked into .bin or not', async () => {
	const launcher = await unpacked('old');
	const old = path.join(folder, 'old.cjs');
	await writeFile(old, "Object.defineProperty(process, 'versions', {value: {...process.versions, node: '18.20.4'}});");
	const started = () =>
		execa(process.execPath, ['--require', old, launcher, '--version'], {env: {XDG_CACHE_HOME: folder}, reject: false});

	const alone = await started();
	expect(alone).toMatchObject({exitCode: 2, stderr: expect.stringContaining('needs Node 22.12 or newer')});

	const name = `node-linux-${process.arch}`;
	await mkdir(path.join(path.dirname(launcher), 'node_modules'));
	await symlink(path.join(project, 'node_modules', name), path.join(path.dirname(launcher), 'node_modules', name));
	expect(await started()).toMatchObject({exitCode: 0, stdout: expect.stringMatching(/^virsnap \d/)});
});

test('what is published is what runs, and what is read on a host', async () => {
	const {stdout} = await execa('npm', ['pack', '--dry-run', '--ignore-scripts', '--json'], {cwd: project});
	const [{files}] = JSON.parse(stdout) as [{files: {path: string}[]}];
	const besides = files.map(({path}) => path).filter(file => !/^dist\/app\.cjs(\.map|\.LEGAL\.txt)?$/.test(file));
	expect(besides.sort()).toEqual([
		'CHANGELOG.md',
		'LICENSE',
		'README.md',
		'cli.js',
		'docs/methods.md',
		'man/virsnap.1',
		'newer-node.js',
		'package.json',
	]);
});

/** The launcher of the packed program, in a folder of its own. */
async function unpacked(name: string): Promise<string> {
	const target = path.join(folder, name);
	await mkdir(target);
	// What is built is there already: building again would pull it from under the other tests.
	const {stdout} = await execa('npm', ['pack', '--ignore-scripts', '--pack-destination', target], {cwd: project});
	await execa('tar', ['-xzf', path.join(target, stdout.trim()), '-C', target]);
	return path.join(target, 'package/cli.js');
}
