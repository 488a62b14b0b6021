/** qcow2 images that hold no snapshots, or that QEMU has given up: said before, not half way through. */
import {open} from 'node:fs/promises';
import {expect} from 'vitest';
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
