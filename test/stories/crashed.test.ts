/** A guest that has crashed, its QEMU kept for a look at it: it is forced off, then a revert works. */
import {writeFile} from 'node:fs/promises';
import path from 'node:path';
import {expect} from 'vitest';
import {waitUntil} from '../helpers/lab.ts';
import {follows} from './follow.ts';
import {test} from './story.ts';

test('what is told of a crashed domain ends in a revert', async ({story}) => {
	const {lab} = story;
	const domain = await story.domain('panic');
	const xml = await domain.virsh('dumpxml', '--inactive');
	const file = path.join(lab.folder, 'panic.xml');
	const changed = xml
		.replace(/<on_crash>.*?<\/on_crash>/, '')
		.replace('<devices>', "<on_crash>preserve</on_crash><devices><panic model='isa'/>");
	await writeFile(file, changed, {mode: 0o644});
	await lab.virsh('define', '--file', file);
	await domain.virsh('start');
	await domain.write(0xa1);
	await domain.does({verb: 'create', tag: 'sound', method: 'libvirt-internal'});
	await domain.write(0xb2);
	await lab.monitor('panic', 'o /b 0x505 1');
	await waitUntil(async () => (await domain.read()).state === 'crashed');
	const {id, problems} = await domain.read();
	expect(id).not.toBe(null);
	expect(problems.join()).toContain('virsh destroy panic');
	const refusal = await domain.refusal({verb: 'revert', tag: 'sound'});
	expect(refusal.reason).toContain('crashed');
	await domain.plan({verb: 'destroy'});
	await follows(story, domain, refusal.remedy);
	await waitUntil(async () => (await domain.read()).id === null);
	await domain.does({verb: 'revert', tag: 'sound'});
	await domain.holds(0xa1);
});

test('a pause says its reason', async ({story}) => {
	const domain = await story.domain('asked', {running: true});
	await domain.virsh('suspend');
	expect(await domain.read()).toMatchObject({state: 'paused', stateReason: 'user', problems: []});
});
