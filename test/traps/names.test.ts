/** Traps about what snapshots and files are called, provoked on a real libvirt. */
import {expect, vi} from 'vitest';
import {openHypervisor} from '../../source/hypervisor/hypervisor.ts';
import {hasPattern, writePattern} from '../../source/lab/pattern.ts';
import {type Story, test} from '../stories/story.ts';
import {refusedUntouched} from './untouched.ts';

function sourceOf({lab}: Story, name: string): string {
	return lab.image(`${name}.qcow2`);
}

test('trap 2: savevm would replace a snapshot without a word, so a tag that exists is refused', async ({story}) => {
	const domain = await story.domain('twice');
	await domain.does({verb: 'create', tag: 'nightly', method: 'libvirt-internal'});
	await domain.virsh('start');
	await refusedUntouched(story, domain, {verb: 'create', tag: 'nightly', method: 'monitor'}, 'tag-exists');
	await domain.write(0xb2);
	await story.lab.monitor(domain.name, 'savevm nightly');
	expect(await domain.snapshot('nightly')).toMatchObject({health: 'replaced', libvirt: true});
	await domain.write(0xc3);
	const plan = await domain.does({verb: 'revert', tag: 'nightly'});
	expect(plan.method).toBe('monitor');
	expect(plan.warnings.join(' ')).toContain('another took its place');
	await domain.holds(0xb2);
});

test('trap 3: a number is an ID before it is a tag, so it is refused where it could mean two', async ({story}) => {
	const domain = await story.domain('numeric');
	const file = sourceOf(story, 'numeric');
	await writePattern(story.lab, file, 0x11);
	await story.lab.qemuImg('snapshot', '-c', '2', file);
	await writePattern(story.lab, file, 0x22);
	await story.lab.qemuImg('snapshot', '-c', 'x', file);
	await refusedUntouched(story, domain, {verb: 'create', tag: '7'}, 'bad-tag');
	await refusedUntouched(story, domain, {verb: 'revert', tag: '2'}, 'ambiguous-tag');
	await refusedUntouched(story, domain, {verb: 'delete', tag: '2'}, 'ambiguous-tag');
	await domain.does({verb: 'delete', tag: 'x'});
	await domain.does({verb: 'revert', tag: '2'});
	await domain.holds(0x11);
});

test('trap 4: one tag twice in an image is shown as two, and not gone back to', async ({story}) => {
	const domain = await story.domain('duplicate');
	const file = sourceOf(story, 'duplicate');
	await story.lab.qemuImg('snapshot', '-c', 'dup', file);
	await story.lab.qemuImg('snapshot', '-c', 'dup', file);
	expect(await domain.tags()).toEqual(['dup', 'dup']);
	await refusedUntouched(story, domain, {verb: 'create', tag: 'dup'}, 'tag-exists');
	await refusedUntouched(story, domain, {verb: 'revert', tag: 'dup'}, 'ambiguous-tag');
	const refusal = await refusedUntouched(story, domain, {verb: 'delete', tag: 'dup'}, 'ambiguous-tag');
	expect(refusal.reason).toMatch(/ID 1 of .* and ID 2 of /);
	await refusedUntouched(story, domain, {verb: 'delete', tag: 'dup', id: '2'}, 'ambiguous-tag');
	await domain.does({verb: 'delete', tag: 'dup', id: '1'});
	expect(await domain.snapshot('dup')).toMatchObject({disks: [{id: '2'}]});
	expect(await domain.tags()).toEqual(['dup']);
	await domain.does({verb: 'revert', tag: 'dup'});
});

test('trap 6: a tag of any bytes is one tag: nothing in it becomes a command or reaches the terminal', async ({
	story,
}) => {
	const domain = await story.domain('hostile');
	const file = sourceOf(story, 'hostile');
	const tags = ['\u001B]0;owned\u0007', '"; quit', 'a"\ndelvm keep', '--force', 'keep'];
	for (const tag of tags) await story.lab.qemuImg('snapshot', '-c', tag, file);
	expect((await domain.tags()).sort()).toEqual([...tags].sort());
	for (const tag of ['new\u001B[2J', 'new\nline', 'a"b', 'a/b'])
		await refusedUntouched(story, domain, {verb: 'create', tag}, 'bad-tag');
	await domain.does({verb: 'delete', tag: tags[0]!});
	await domain.virsh('start');
	const plan = await domain.does({verb: 'delete', tag: tags[1]!});
	expect(JSON.stringify([plan.why, plan.losses, plan.steps[0]!.title])).not.toContain('\u001B');
	await domain.does({verb: 'delete', tag: tags[2]!});
	await domain.does({verb: 'delete', tag: tags[3]!});
	expect(await domain.tags()).toEqual(['keep']);
	expect((await domain.read()).state).toBe('running');
});

test.for(['zh_CN.UTF-8', 'C'])('trap 7: under %s the same is read and done as anywhere', async (locale, {story}) => {
	const name = `语言 ${locale}`;
	const domain = await story.domain(name);
	for (const [key, value] of Object.entries({LC_ALL: locale, LANG: locale, LANGUAGE: 'zh_CN'})) vi.stubEnv(key, value);
	const abroad = openHypervisor({uri: story.lab.uri, receipts: `${story.lab.folder}/receipts`});
	try {
		const plan = await domain.plan({verb: 'create', tag: '升级', description: '之前'});
		expect((await abroad.carryOut(plan)).status).toBe('verified');
		const {domain: seen} = await abroad.facts(domain.uuid);
		expect(seen).toMatchObject({
			name,
			state: 'shut off',
			snapshots: [{tag: '升级', health: 'ok', description: '之前'}],
		});
	} finally {
		await abroad.close();
		vi.unstubAllEnvs();
	}
});

test('trap 19: the name of an overlay is chosen in the plan, keeps what stands before the last dot of the first file, and has to be free', async ({
	story,
}) => {
	const domain = await story.domain('dotted', {disks: ['disk.v1.qcow2']});
	const plan = await domain.does({verb: 'create', tag: 'a', method: 'external-offline'});
	const overlay = story.lab.image('disk.v1.a.qcow2');
	expect(JSON.stringify(plan.steps[0]!.changes)).toContain(overlay);
	expect((await domain.read()).disks[0]!.source).toBe(overlay);
	await story.lab.createImage('disk.v1.b.qcow2');
	await refusedUntouched(story, domain, {verb: 'create', tag: 'b', method: 'external-offline'}, 'file-exists');
});

test('trap 20: a comma in a path is doubled, and names the file that was meant', async ({story}) => {
	const domain = await story.domain('comma', {disks: ['a, b.qcow2'], running: true});
	await domain.write(0xa1);
	const plan = await domain.does({verb: 'create', tag: 'x', method: 'external-live'});
	const overlay = story.lab.image('a, b.x.qcow2');
	expect(plan.steps[0]!.argv.join(' ')).toContain('/a,, b.x.qcow2');
	expect((await domain.read()).disks[0]!.source).toBe(overlay);
	expect(await hasPattern(story.lab, story.lab.image('a, b.qcow2'), 0xa1)).toBe(true);
});
