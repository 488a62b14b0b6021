/** The built program keeps pictures of screens where the configuration says so. */
import {mkdir, readdir, readFile, writeFile} from 'node:fs/promises';
import path from 'node:path';
import {expect, onTestFinished, test} from 'vitest';
import {keepPicture} from '../../source/execute/plan/pictures/folder.ts';
import {readPpm} from '../../source/execute/plan/pictures/formats.ts';
import {QUESTION} from '../../source/ui/terminal/pictures/pixels.ts';
import {useLab as labWith} from '../helpers/lab.ts';
import {launch} from '../helpers/pty.ts';
import {cellsOn} from '../helpers/screen.tsx';
import {launcher, programEnvironment, virsnap} from './program.ts';

const it = labWith(['web-stopped', 'Koan']);

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

test('a terminal that answers is sent pixels, cut into pieces as its answers may be, and keys go on', async () => {
	const uuid = (await it.virsh('domuuid', 'Koan')).trim();
	const {stdout} = await virsnap(it.lab, 'list', 'Koan', '--json');
	const listed = JSON.parse(stdout) as {domains: {snapshots: {tag: string; createdAt: string}[]}[]};
	const {createdAt} = listed.domains[0]!.snapshots.find(({tag}) => tag === 'k3-snap')!;
	const folder = path.join(it.lab.folder, 'state/virsnap/receipts/pictures');
	await keepPicture(folder, uuid, createdAt, {width: 160, height: 120, rgb: new Uint8Array(57_600).fill(0x80)}, null);
	const env = {...programEnvironment(it.lab), TMUX: ''};
	const program = launch([launcher], {columns: 100, rows: 30, mute: true, env});
	onTestFinished(() => program.stop());
	await program.waitFor(/web-stopped +\S.* \d/, 20);
	program.write('/Koan\r');
	await program.waitFor(/Domains 1 of \d/);
	program.write('l');
	await program.waitFor('▸ Snapshots of Koan');
	expect(program.raw()).not.toContain(QUESTION);
	program.write('/k3\r');
	await program.waitFor(/❯.*k3-snap/);
	program.write('\r');
	await expect.poll(program.raw).toContain(QUESTION);
	program.write('G');
	await program.waitFor('▀');
	// Its colours end where it ends.
	const drawn = (await cellsOn(program.terminal)).filter(row => row.includes('▀'));
	expect(drawn.map(row => /\{[^}]*,(-?\d+)\}$/.exec(row)?.[1])).toEqual(drawn.map(() => '-1'));
	for (const piece of [
		'\u001B[6;20;',
		'10t\u001B_Gi=7331;O',
		'K\u001B\\\u001BP>|kitty(0.4',
		'1.1)\u001B\\\u001B[?6',
		'2;c',
	])
		program.write(piece);
	await expect.poll(program.raw).toContain('\u001B_Ga=T,U=1,i=118');
	await program.waitFor('\u{10EEEE}');
	// Their rows reach the terminal one after another.
	await expect.poll(program.screen).not.toContain('▀');
	program.write('\u001B');
	await program.waitFor('▸ Snapshots of Koan');
	expect(program.raw()).toContain('\u001B_Ga=d,d=I,i=118');
	program.write('q');
	expect((await program.exited).exitCode).toBe(0);
});
