/** Two clones of one base run side by side: neither has a port, a log or a socket of the other. */
import {writeFile} from 'node:fs/promises';
import path from 'node:path';
import {expect} from 'vitest';
import {test} from './story.ts';

test('two clones run at once, though the base names a port, a log, a socket and its UUID', async ({story}) => {
	const {lab} = story;
	const base = await story.domain('gold');
	const xml = await base.virsh('dumpxml', '--inactive');
	const inside = (name: string) => path.join(lab.folder, 'files', name);
	const devices = [
		`<serial type='null'><log file='${inside('gold-serial.log')}'/><target port='0'/></serial>`,
		`<channel type='unix'><source mode='bind' path='${inside('gold.sock')}'/><target type='virtio' name='org.test.0'/></channel>`,
		"<graphics type='vnc' port='5977' autoport='no'/>",
	];
	const changed = xml
		.replace(/<serial[\s\S]*?<\/serial>|<console[\s\S]*?<\/console>|<graphics[\s\S]*?(?:\/>|<\/graphics>)/g, '')
		.replace('</devices>', `${devices.join('')}</devices>`)
		.replace('<os>', `<sysinfo type='smbios'><system><entry name='uuid'>${base.uuid}</entry></system></sysinfo><os>`);
	const file = path.join(lab.folder, 'gold.xml');
	await writeFile(file, changed, {mode: 0o644});
	await lab.virsh('define', '--file', file);
	for (const name of ['gold-2', 'gold-3']) {
		await base.does({verb: 'clone', name});
		await lab.virsh('start', '--domain', name);
	}
	const clones = await Promise.all(['gold-2', 'gold-3'].map(name => lab.virsh('dumpxml', '--domain', name)));
	for (const clone of clones) expect(clone).not.toContain(base.uuid);
	const valuesOf = (pattern: RegExp) => new Set(clones.map(clone => pattern.exec(clone)?.[1]));
	for (const pattern of [/log file='([^']+)'/, /path='([^']+\.sock)'/, /<graphics [^>]*port='(\d+)'/])
		expect(valuesOf(pattern).size, String(pattern)).toBe(2);
});
