/** What an interrupted operation has left, wherever its plan put it. */
import {access, mkdir, writeFile} from 'node:fs/promises';
import path from 'node:path';
import {expect} from 'vitest';
import {newReceipt} from '../../source/execute/receipts/new-receipt.ts';
import {createReceiptStore} from '../../source/execute/receipts/store.ts';
import {planFor} from '../facts/plan.ts';
import {receiptsOf} from './hypervisors.ts';
import {test} from './story.ts';

test('a file in a folder of its own is found, and taken away again', async ({story}) => {
	const domain = await story.domain('elsewhere');
	const folder = story.lab.image('elsewhere');
	await mkdir(folder, {mode: 0o777});
	const facts = await story.hypervisor.facts(domain.uuid, [folder]);
	const plan = planFor(facts, {verb: 'create', tag: 'cut', method: 'external-offline', dir: folder});
	const overlay = plan.expect.find(one => one.kind === 'source')!.file;
	expect(path.dirname(overlay)).toBe(folder);

	await writeFile(overlay, '');
	const {id} = await createReceiptStore(receiptsOf(story.lab)).create(begun(newReceipt(plan, facts.now)));
	const {verdict, findings} = await story.hypervisor.recovery(id);
	expect(verdict).toBe('partly');
	expect(findings).toContain(`${overlay} exists, and nothing uses it.`);
	expect(await story.hypervisor.recover(id, 'way-back')).toMatchObject({status: 'verified'});
	await expect(access(overlay)).rejects.toMatchObject({code: 'ENOENT'});
	expect(await story.hypervisor.receipts()).toContainEqual(expect.objectContaining({id, status: 'undone'}));
});

const begun = (receipt: ReturnType<typeof newReceipt>) => ({
	...receipt,
	steps: receipt.steps.map((step, index) =>
		index === 0 ? {...step, status: 'running' as const, startedAt: receipt.startedAt} : step,
	),
});
