/** What an administrator makes of a definition. */

import {writeFile} from 'node:fs/promises';
import path from 'node:path';
import type {Story} from './story.ts';

/** As `virsh edit` does. */
export async function redefined({lab}: Story, name: string, change: (xml: string) => string): Promise<void> {
	const xml = await lab.virsh('dumpxml', '--domain', name, '--inactive', '--security-info');
	const file = path.join(lab.folder, 'edited.xml');
	await writeFile(file, change(xml), {mode: 0o644});
	await lab.virsh('define', '--file', file);
}

/** What virt-manager does where the bus of a disk is changed. */
export const asSata = (xml: string, target = 'vda') =>
	xml.replace(
		new RegExp(`<target dev='${target}' bus='virtio'/>[\\s\\S]*?<address[^>]*/>`),
		"<target dev='sdb' bus='sata'/>",
	);
