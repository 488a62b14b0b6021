/** A disk on a block device: overlays lie elsewhere, and the disk that goes back to its device is a block disk again. */
import {readdir} from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import {execa} from 'execa';
import {expect} from 'vitest';
import {test} from './story.ts';

const root = process.getuid?.() === 0;

test.skipIf(!root)(
	'created in a folder, reverted to beside its overlay, deleted back to the device',
	async ({story, onTestFinished, skip}) => {
		const {lab} = story;
		const image = await lab.createImage('device.raw', {format: 'raw'});
		const attached = await execa('losetup', ['--find', '--show', image], {reject: false});
		// A folder with another Debian in it may have no loop devices.
		if (attached.exitCode !== 0) skip(attached.stderr);
		const device = attached.stdout.trim();
		onTestFinished(() => execa('losetup', ['--detach', device]).then(() => {}));
		await execa('chmod', ['666', device]);
		const folder = lab.image('overlays');
		await lab.run('mkdir', [folder]);
		const around = await readdir('/dev');
		await story.domain('block', {disks: ['block.raw']});
		const xml = (await lab.virsh('dumpxml', '--domain', 'block', '--inactive'))
			.replace("type='file'", "type='block'")
			.replace(/<source file='[^']*'/, `<source dev='${device}'`);
		const file = lab.image('block.xml');
		await lab.run('sh', ['-c', `cat > '${file}'`], {input: xml});
		await lab.virsh('define', '--file', file);
		const domain = await story.existing('block');
		const source = async () => (await domain.read()).disks[0]!.source!;
		await domain.write(0xa1);
		await domain.does({verb: 'create', tag: 's', method: 'external-offline', dir: folder});
		await domain.write(0xb2);
		await domain.does({verb: 'revert', tag: 's'});
		expect(path.dirname(await source())).toBe(folder);
		await domain.holds(0xa1);
		const other = lab.image('other');
		await lab.run('mkdir', [other]);
		await domain.does({verb: 'revert', tag: 's', dir: other});
		expect(path.dirname(await source())).toBe(other);
		for (const {file: overlay} of await domain.leftBehind()) await domain.does({verb: 'reclaim', overlay});
		await domain.write(0xc3);
		await domain.does({verb: 'delete', tag: 's'});
		await domain.holds(0xc3);
		const [disk] = (await domain.read()).disks;
		expect(disk).toMatchObject({type: 'block', source: device, format: 'raw'});
		expect(await domain.virsh('dumpxml', '--inactive')).toContain(`<source dev='${device}'`);
		expect(await readdir('/dev')).toEqual(around);
	},
);
