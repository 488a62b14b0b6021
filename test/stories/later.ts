/** File systems tell when, not by what: that somebody else has written shows only some seconds after our own last operation. */
import {waitUntil} from '../helpers/lab.ts';
import type {Story} from './story.ts';

export async function later({hypervisor}: Story): Promise<void> {
	const ended = Date.parse((await hypervisor.receipts())[0]!.endedAt!);
	await waitUntil(() => Date.now() > ended + 2500);
}
