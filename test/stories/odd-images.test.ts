/** qcow2 images that hold no snapshots, or that QEMU has given up: said before, not half way through. */
import {open, writeFile} from 'node:fs/promises';
import {expect} from 'vitest';
import {atMost} from '../helpers/patience.ts';
import {type Story, test} from './story.ts';

async function remade({lab}: Story, file: string, options: string): Promise<void> {
	await lab.run('rm', [lab.image(file)]);
	await lab.qemuImg('create', '-q', '-f', 'qcow2', '-o', options, lab.image(file), '16M');
}

test.for([
	['data', 'data_file'],
	['bits', 'refcount_bits=1'],
])(
	'%s: internal methods are refused with the reason, and an external one is chosen',
	async ([name, words], {story}) => {
		const domain = await story.domain(name!);
		const options = name === 'data' ? `data_file=${story.lab.image('data.bytes')}` : 'refcount_bits=1';
		await remade(story, `${name}.qcow2`, options);
		for (const method of ['libvirt-internal', 'qemu-img'] as const) {
			const refusal = await domain.refusal({verb: 'create', tag: 's', method});
			expect(refusal).toMatchObject({code: 'unsupported-disk', reason: expect.stringContaining(words!)});
		}
		expect((await domain.does({verb: 'create', tag: 's'})).method).toBe('external-offline');
	},
);

test('an image that is marked as corrupt is named, with what mends it', async ({story}) => {
	const domain = await story.domain('corrupt');
	const file = story.lab.image('corrupt.qcow2');
	// QEMU's docs/interop/qcow2.txt: incompatible features, bit 1.
	const handle = await open(file, 'r+');
	await handle.write(Buffer.from([2]), 0, 1, 79);
	await handle.close();
	expect((await domain.read()).problems).toEqual([expect.stringContaining(`qemu-img check -r all ${file}`)]);
	await story.lab.qemuImg('check', '-q', '-r', 'all', file);
	expect((await domain.read()).problems).toEqual([]);
});

test('an image that is a pipe is named, and holds up no other domain', async ({story}) => {
	const {lab} = story;
	const stuck = await story.domain('stuck');
	const file = lab.image('stuck.qcow2');
	await lab.run('rm', [file]);
	await lab.run('mkfifo', [file]);
	const other = await story.domain('other');
	const began = performance.now();
	await other.does({verb: 'create', tag: 's', method: 'libvirt-internal'});
	// qemu-img waited for the other end of the pipe for a minute.
	expect(performance.now() - began).toBeLessThan(atMost(15));
	const reason = expect.stringContaining('named pipe');
	expect((await stuck.read()).disks[0]!.unreadable).toMatchObject({reason});
	expect(await stuck.refusal({verb: 'create', tag: 's'})).toMatchObject({code: 'unreadable-image', reason});
});

test('a qcow2 that the definition calls raw is named and takes no internal snapshot, until the definition is right', async ({
	story,
}) => {
	const {lab} = story;
	const file = await lab.createImage('taken-as-raw.qcow2', {format: 'qcow2'});
	const spec = (format: 'raw' | 'qcow2') => ({name: 'taken-as-raw', disks: [{target: 'vda', file, format}]});
	await lab.define(spec('raw'));
	const domain = await story.existing('taken-as-raw');
	expect((await domain.read()).problems).toEqual([expect.stringContaining(`qemu-img info ${file}`)]);
	expect(await domain.refusal({verb: 'create', tag: 's', method: 'qemu-img'})).toMatchObject({
		code: 'raw-disk',
		reason: expect.stringContaining('begins as a qcow2 image'),
	});
	const xml = await domain.virsh('dumpxml', '--inactive');
	const mended = `${lab.folder}/mended.xml`;
	await writeFile(mended, xml.replace("type='raw'", "type='qcow2'"));
	await lab.virsh('define', '--file', mended);
	expect((await domain.read()).problems).toEqual([]);
	await domain.does({verb: 'create', tag: 's', method: 'qemu-img'});
});

test('a disk that is a part of a file takes no snapshot or clone, which would be of the whole file', async ({
	story,
}) => {
	const {lab} = story;
	const domain = await story.domain('part', {disks: ['part.raw']});
	const file = lab.image('part.raw');
	const slice = "<slices><slice type='storage' offset='1048576' size='1048576'/></slices>";
	const xml = await domain.virsh('dumpxml', '--inactive');
	const edited = await lab.writeFile(
		'part-of.xml',
		xml.replace(`<source file='${file}'/>`, `<source file='${file}'>${slice}</source>`),
	);
	await lab.virsh('define', '--file', edited);
	const reason = expect.stringContaining('only a part of a file');
	expect((await domain.read()).disks[0]).toMatchObject({sliced: true, chain: [{file}], unreadable: {reason}});
	for (const running of [false, true]) {
		if (running) await domain.virsh('start');
		const refusal = await domain.refusal({verb: 'create', tag: 's'});
		expect(refusal).toMatchObject({code: 'unreadable-image', reason});
	}
	await domain.turnOff();
	for (const full of [false, true])
		expect(await domain.refusal({verb: 'clone', name: 'part-2', full})).toMatchObject({code: 'unreadable-image'});
});

test.for([false, true])(
	'a disk that was resized since gets its size back, and the review says so (running: %s)',
	async (running, {story}) => {
		const name = running ? 'grown-live' : 'grown';
		const domain = await story.domain(name, {running});
		await domain.write(0x11);
		await domain.does({verb: 'create', tag: 'small', method: 'libvirt-internal'});
		const size = async () => (await domain.read()).disks[0]!.chain[0]!.virtualSizeBytes;
		const before = await size();
		if (running) await domain.virsh('blockresize', 'vda', `${before * 2}B`);
		else await story.lab.qemuImg('resize', '-q', story.lab.image(`${name}.qcow2`), String(before * 2));
		expect(await size()).toBe(before * 2);
		const {warnings} = await domain.does({verb: 'revert', tag: 'small'});
		expect(warnings.join(' ')).toContain('vda was resized since the snapshot');
		expect(await size()).toBe(before);
		await domain.holds(0x11);
	},
);

test('a tag that is not valid UTF-8 is gone back to and deleted', async ({story}) => {
	const domain = await story.domain('bytes');
	const file = story.lab.image('bytes.qcow2');
	await domain.write(0x11);
	for (const bytes of ['a\\377', 'a\\376'])
		await story.lab.run('sh', ['-c', `qemu-img snapshot -c "$(printf '${bytes}')" '${file}'`]);
	await domain.write(0x22);
	const tag = 'a\uFFFD';
	expect(await domain.tags()).toEqual([tag, tag]);
	await domain.does({verb: 'delete', tag, id: '1'});
	expect(await domain.tags()).toEqual([tag]);
	await domain.virsh('start');
	for (const verb of ['revert', 'delete'] as const)
		expect((await domain.refusal({verb, tag})).reason).toContain('not valid UTF-8');
	await domain.turnOff();
	await domain.does({verb: 'revert', tag});
	await domain.holds(0x11);
	await domain.does({verb: 'delete', tag});
	expect(await domain.tags()).toEqual([]);
});
