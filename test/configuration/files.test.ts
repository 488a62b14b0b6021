/** The configuration as a file: whose counts, and how it is written. */
import {chmod, lstat, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile} from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import {afterEach, beforeEach, expect, test} from 'vitest';
import {dropHost, readConfiguration, writeHost} from '../../source/configuration/configuration.ts';
import {placesOf} from '../../source/configuration/places.ts';

let folder: string;
let places: {own: string; everybody: string};
beforeEach(async () => {
	folder = await mkdtemp(path.join(os.tmpdir(), 'virsnap-configuration-'));
	places = {own: path.join(folder, 'own/virsnap/config.toml'), everybody: path.join(folder, 'etc/config.toml')};
	await mkdir(path.dirname(places.everybody));
});
afterEach(() => rm(folder, {recursive: true}));

const h1 = {name: 'h1', uri: 'qemu+ssh://h1/system'};
const h2 = {name: 'h2', uri: 'qemu+ssh://h2/system'};

test.each([
	[{}, '/home/eve/.config/virsnap/config.toml'],
	[{XDG_CONFIG_HOME: '/x'}, '/x/virsnap/config.toml'],
	[{XDG_CONFIG_HOME: 'relative'}, '/home/eve/.config/virsnap/config.toml'],
])('with %j it is %s', (env, own) => {
	expect(placesOf(env, '/home/eve')).toEqual({own, everybody: '/etc/virsnap/config.toml'});
});

test("there need be none; everybody's counts where one has none of one's own, and is what one's own begins as", async () => {
	expect(await readConfiguration(places)).toEqual({
		file: null,
		hosts: [],
		pictures: false,
		columns: null,
		unknown: [],
		mistakes: [],
	});
	await writeFile(places.everybody, '# ours\n[hosts.h1]\nconnection = "qemu+ssh://h1/system"\n');
	expect(await readConfiguration(places)).toMatchObject({file: places.everybody, hosts: [h1]});
	expect(await writeHost(places, h2)).toBe(places.own);
	expect(await readConfiguration(places)).toMatchObject({file: places.own, hosts: [h1, h2]});
	expect(await readFile(places.own, 'utf8')).toMatch(/^# ours\n/);
	await dropHost(places, 'h1');
	expect(await readConfiguration(places)).toMatchObject({hosts: [h2]});
});

test('a link stays one, its mode too, and nothing is left beside it', async () => {
	const real = path.join(folder, 'dotfiles.toml');
	await writeFile(real, '');
	await chmod(real, 0o600);
	await mkdir(path.dirname(places.own), {recursive: true});
	await symlink(real, places.own);
	await writeHost(places, h1);
	expect((await lstat(places.own)).isSymbolicLink()).toBe(true);
	expect((await lstat(real)).mode & 0o777).toBe(0o600);
	expect(await readFile(real, 'utf8')).toContain('[hosts.h1]');
	expect(await readdir(folder)).toEqual(['dotfiles.toml', 'etc', 'own']);
});

test('what is wrong already is not written into', async () => {
	await writeFile(places.everybody, 'a = = 1\n');
	await expect(writeHost(places, h1)).rejects.toThrow(/config\.toml:1:5: /);
	expect((await readConfiguration(places)).mistakes).toHaveLength(1);
});

test('a folder in its place is told like any mistake', async () => {
	await mkdir(places.own, {recursive: true});
	expect((await readConfiguration(places)).mistakes).toEqual([expect.stringMatching(/EISDIR/)]);
});

test('where it cannot be written the reason says so', async () => {
	await writeFile(path.join(folder, 'own'), '');
	await expect(writeHost(places, h1)).rejects.toMatchObject({
		refusal: {code: 'not-writable', remedy: expect.stringMatching(/writable/)},
	});
});
