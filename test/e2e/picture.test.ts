/** The built program keeps pictures of screens where the configuration says so. */
import {mkdir, readdir, readFile, writeFile} from 'node:fs/promises';
import path from 'node:path';
import {expect, test} from 'vitest';
import {readPpm} from '../../source/execute/plan/pictures/formats.ts';
import {useLab as labWith} from '../helpers/lab.ts';
import {virsnap} from './program.ts';

const it = labWith(['web-stopped']);

test('of the domains of this user, once it is said, until it is not said any more', async () => {
	const {folder} = it.lab;
	const file = path.join(folder, 'screen.xml');
	const defined = await it.virsh('dumpxml', 'web-stopped', '--inactive');
	await writeFile(file, defined.replace('</devices>', "<video><model type='vga'/></video></devices>"));
	await it.virsh('define', '--file', file);
	await it.virsh('start', 'web-stopped');
	const pictures = path.join(folder, 'state/virsnap/receipts/pictures');
	const configuration = path.join(folder, 'config/virsnap/config.toml');
	await mkdir(path.dirname(configuration), {recursive: true});
	// Snapshots of one second have one picture between them.
	let second = 0;
	const create = async (tag: string) => {
		await expect.poll(() => Math.floor(Date.now() / 1000), {interval: 20}).not.toBe(second);
		const done = await virsnap(it.lab, 'create', 'web-stopped', tag, '--yes');
		second = Math.floor(Date.now() / 1000);
		return done;
	};

	expect(await create('one')).toMatchObject({status: 0});
	await expect(readdir(pictures)).rejects.toThrow(/ENOENT/);
	await writeFile(configuration, 'pictures = true\n');
	expect(await create('two')).toMatchObject({status: 0});
	const [picture, ...others] = await readdir(pictures);
	expect(others).toEqual([]);
	expect(readPpm(await readFile(path.join(pictures, picture!)))).toMatchObject({width: 160});

	await writeFile(configuration, 'pictures = false\n');
	expect(await create('three')).toMatchObject({status: 0});
	expect(await readdir(pictures)).toEqual([picture]);
	expect(await virsnap(it.lab, 'delete', 'web-stopped', 'two', '--yes')).toMatchObject({status: 0});
	expect(await readdir(pictures)).toEqual([]);
});
