/** Disks that the domain XML excludes from snapshots: QEMU's monitor takes them into those inside the images all the same. */
import {expect} from 'vitest';
import {redefined} from './redefined.ts';
import {type Cast, type Story, test} from './story.ts';

const two = (name: string) => [`${name}-1.qcow2`, `${name}-2.qcow2`];

const excludeSecond = (story: Story, {name}: Cast) =>
	redefined(story, name, xml => {
		const second = xml.lastIndexOf("<disk type='file' device='disk'");
		return xml.slice(0, second) + xml.slice(second).replace('<disk', "<disk snapshot='no'");
	});

test('what QEMU has taken of an excluded disk goes back and is deleted with the rest', async ({story}) => {
	const domain = await story.domain('excluded', {disks: two('excluded')});
	const image = story.lab.image(two('excluded')[1]!);
	await excludeSecond(story, domain);
	await domain.does({verb: 'start'});
	await domain.write(0x11);
	await domain.does({verb: 'create', tag: 'i1', method: 'monitor'});
	expect((await domain.snapshot('i1'))?.disks.map(({target}) => target)).toEqual(['vda', 'vdb']);
	await domain.write(0x22);
	const {losses} = await domain.does({verb: 'revert', tag: 'i1'});
	expect(losses.join(' ')).toContain('Everything written to vda and vdb since');
	await domain.holds(0x11);
	await domain.write(0x22);
	await domain.turnOff();
	await domain.does({verb: 'revert', tag: 'i1'});
	await domain.holds(0x11);
	await domain.does({verb: 'delete', tag: 'i1'});
	expect(await story.lab.qemuImg('snapshot', '-l', image)).not.toContain('i1');
});

test('a disk that was excluded after the snapshot goes back as well', async ({story}) => {
	const domain = await story.domain('since', {disks: two('since')});
	await domain.write(0x11);
	await domain.does({verb: 'create', tag: 'i1', method: 'qemu-img'});
	await domain.write(0x22);
	await excludeSecond(story, domain);
	await domain.does({verb: 'revert', tag: 'i1'});
	await domain.holds(0x11);
});

test('a snapshot without the excluded disk is whole, and leaves that as it is', async ({story}) => {
	const domain = await story.domain('without', {disks: two('without')});
	await excludeSecond(story, domain);
	await domain.write(0x11);
	await domain.does({verb: 'create', tag: 'i1', method: 'qemu-img'});
	expect(await domain.snapshot('i1')).toMatchObject({health: 'unmanaged', disks: [{target: 'vda'}]});
	await domain.write(0x22);
	await domain.does({verb: 'revert', tag: 'i1'});
	await domain.holds(0x11, 'vda');
	await domain.holds(0x22, 'vdb');
});

test('what is left in an excluded disk alone is listed, and can be deleted', async ({story}) => {
	const domain = await story.domain('alone', {disks: two('alone')});
	await excludeSecond(story, domain);
	await story.lab.qemuImg('snapshot', '-c', 'i1', story.lab.image(two('alone')[1]!));
	expect(await domain.snapshot('i1')).toMatchObject({health: 'partial', disks: [{target: 'vdb'}]});
	await domain.does({verb: 'delete', tag: 'i1'});
	expect(await domain.tags()).toEqual([]);
});
