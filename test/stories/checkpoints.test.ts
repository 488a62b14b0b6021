/** Checkpoints of backups, under which libvirt does less with a domain that is shut off. */
import {expect} from 'vitest';
import {can} from '../../source/core/model/capabilities.ts';
import {hasBackups} from '../helpers/backups.ts';
import {saying} from '../helpers/saying.ts';
import {follows} from './follow.ts';
import {type Story, test} from './story.ts';

/** A domain with a checkpoint, shut off. `free`: its libvirt takes internal snapshots all the same. */
async function checked({domain: cast, hypervisor, lab}: Story, name: string) {
	if (!(await hasBackups(lab))) return null;
	const domain = await cast(name, {running: true});
	await domain.does({verb: 'create', tag: 'before', method: 'libvirt-internal'});
	await domain.virsh('checkpoint-create-as', 'monday');
	await domain.turnOff();
	return {domain, free: can((await hypervisor.facts(domain.uuid)).host, 'snapshots-under-checkpoints')};
}

const refused = {code: 'unsupported', reason: saying('monday'), remedy: saying('virsh')};

test('what libvirt does not take while it is shut off is refused, and taken once it runs', async ({story, skip}) => {
	const {domain, free} = (await checked(story, 'off')) ?? skip('this libvirt has no backup jobs');
	const [refusedToo, chosen] = free ? [[], 'libvirt-internal'] : [['libvirt-internal'] as const, 'qemu-img'];
	for (const method of ['external-offline', ...refusedToo] as const)
		expect(await domain.refusal({verb: 'create', tag: 's', method})).toMatchObject(refused);
	await expect(domain.virsh('snapshot-create-as', 's', '--disk-only')).rejects.toThrow('while checkpoint exists');
	expect((await domain.plan({verb: 'create', tag: 's'})).method).toBe(chosen);
	if (free) await domain.does({verb: 'create', tag: 'inside'});
	await follows(story, domain, (await domain.refusal({verb: 'create', tag: 's', method: 'external-offline'})).remedy);
	await domain.does({verb: 'create', tag: 's'});
});

test('nor are its records written anew while it is shut off', async ({story, skip}) => {
	const {domain, free} = (await checked(story, 'recorded')) ?? skip('this libvirt has no backup jobs');
	const edit = {verb: 'edit', tag: 'before', description: 'as it was'} as const;
	if (!free) {
		const refusal = await domain.refusal(edit);
		expect(refusal).toMatchObject(refused);
		const record = await story.lab.writeFile('record.xml', await domain.virsh('snapshot-dumpxml', 'before'));
		await expect(domain.virsh('snapshot-create', record, '--redefine')).rejects.toThrow(
			'cannot perform block operations while checkpoint exists',
		);
		await follows(story, domain, refusal.remedy);
	}
	await domain.does(edit);
});

test('what a revert wants to be done first can be done from there', async ({story, skip}) => {
	const {domain} = (await checked(story, 'back')) ?? skip('this libvirt has no backup jobs');
	const {remedy} = await domain.refusal({verb: 'revert', tag: 'before'});
	await follows(story, domain, remedy);
	await follows(story, domain, remedy, 1);
	await domain.does({verb: 'revert', tag: 'before'});
});
