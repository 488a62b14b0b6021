/** What an administrator does beside virsnap, with virsh and qemu-img, and what it must not make virsnap lose. */
import {writeFile} from 'node:fs/promises';
import path from 'node:path';
import {afterAll, beforeAll, expect, test} from 'vitest';
import {beginStory, type Story} from './story.ts';

let story: Story;
beforeAll(async () => {
	story = await beginStory();
});
afterAll(async () => {
	await story?.end();
});

/** As `virsh edit` does. */
async function edit(name: string, change: (xml: string) => string): Promise<void> {
	const xml = await story.lab.virsh('dumpxml', '--domain', name, '--inactive', '--security-info');
	const file = path.join(story.lab.folder, 'edited.xml');
	await writeFile(file, change(xml), {mode: 0o644});
	await story.lab.virsh('define', '--file', file);
}

test('disks that were swapped since keep what they hold when the snapshot is deleted', async () => {
	const domain = await story.domain('swapped', {disks: ['first.qcow2', 'second.qcow2']});
	await domain.does({verb: 'create', tag: 'point', method: 'external-offline'});
	await domain.write(0xb2);
	const names: Record<string, string> = {vda: 'vdb', vdb: 'vda'};
	await edit('swapped', xml => xml.replace(/dev='(vd[ab])'/g, (_, target: string) => `dev='${names[target]}'`));
	await domain.does({verb: 'delete', tag: 'point'});
	expect(Object.fromEntries((await domain.read()).disks.map(disk => [disk.target, disk.source]))).toEqual({
		vda: story.lab.image('second.qcow2'),
		vdb: story.lab.image('first.qcow2'),
	});
	await domain.holds(0xb2);
});
