/** Overlays that a revert leaves behind: found, named with their size, removed on request, and nothing else with them. */
import {expect} from 'vitest';
import {test} from './story.ts';

test('an overlay made by hand and left aside is found; one in use, or of a snapshot, is not', async ({story}) => {
	const {lab} = story;
	const domain = await story.domain('web');
	await domain.write(0xa1);
	await domain.does({verb: 'create', tag: 'a', method: 'external-offline'});
	const left = lab.image('web.left.qcow2');
	await lab.qemuImg('create', '-q', '-f', 'qcow2', '-b', lab.image('web.qcow2'), '-F', 'qcow2', left);
	expect(await domain.leftBehind()).toMatchObject([{file: left, base: lab.image('web.qcow2')}]);
	const used = (await domain.read()).disks[0]!.source!;
	expect((await domain.refusal({verb: 'reclaim', overlay: used})).code).toBe('not-found');
	const plan = await domain.does({verb: 'reclaim', overlay: left});
	expect(plan.losses.join(' ')).toContain(left);
	expect(await domain.leftBehind()).toEqual([]);
	await domain.holds(0xa1);
});
