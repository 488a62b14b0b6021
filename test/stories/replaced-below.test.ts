/** A file of a running domain is moved, or another one takes its place: QEMU goes on with the one that it has open. */
import {readFileSync} from 'node:fs';
import {expect} from 'vitest';
import {saying} from '../helpers/saying.ts';
import {follows} from './follow.ts';
import {test as story} from './story.ts';

/** Linux tells which file a process has open since 5.14. */
const test = story.runIf(readFileSync('/proc/self/fdinfo/0', 'utf8').includes('ino:'));

test('a base that was replaced while the domain runs is not merged into, and the remedy saves what the guest wrote', async ({
	story,
}) => {
	const {lab} = story;
	const domain = await story.domain('tidied', {running: true});
	await domain.write(0xa1);
	await domain.does({verb: 'create', tag: 'before', method: 'external-live'});
	await domain.write(0xb2);
	const base = lab.image('tidied.qcow2');
	await lab.run('sh', ['-c', 'cp -p "$1" "$1.copy" && mv "$1.copy" "$1"', 'sh', base]);

	const refusal = await domain.refusal({verb: 'delete', tag: 'before'});
	expect(refusal).toMatchObject({code: 'unhealthy', reason: saying(`QEMU does not have ${base} open`)});
	for (const intent of [{verb: 'create', tag: 'more'}, {verb: 'revert', tag: 'before'}, {verb: 'shutdown'}] as const)
		expect(await domain.refusal(intent)).toMatchObject({code: 'unhealthy'});
	await follows(story, domain, refusal.remedy);
	await domain.turnOff();
	await domain.does({verb: 'start'});
	await domain.holds(0xb2);
});

test('an image that was moved away is no layer of the domain until it is back', async ({story}) => {
	const {lab} = story;
	const domain = await story.domain('moved', {running: true});
	const image = lab.image('moved.qcow2');
	await lab.run('sh', ['-c', 'mv "$1" "$1.away" && cp -p "$1.away" "$1"', 'sh', image]);
	expect(await domain.refusal({verb: 'create', tag: 'more'})).toMatchObject({code: 'unhealthy'});
	await lab.run('mv', [`${image}.away`, image]);
	await domain.does({verb: 'create', tag: 'more'});
	expect(await domain.tags()).toEqual(['more']);
});
