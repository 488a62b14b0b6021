import {expect, test} from 'vitest';
import type {Hypervisor} from '../../source/core/model/hypervisor.ts';
import {lateHypervisor} from '../../source/hypervisor/late-hypervisor.ts';
import {connected, fakeHypervisor} from '../ui/fake-hypervisor.ts';

function late() {
	const fake = fakeHypervisor();
	const calls = {opened: 0, closed: 0};
	const real: Hypervisor = {
		...fake.hypervisor,
		async close() {
			calls.closed++;
		},
	};
	const hypervisor = lateHypervisor(async () => {
		calls.opened++;
		return real;
	});
	return {fake, calls, hypervisor};
}

test('nothing is opened for a look at the view, nor for closing', async () => {
	const {hypervisor, calls} = late();
	expect(hypervisor.view()).toMatchObject({connection: {status: 'connecting'}, inventory: null});
	expect(hypervisor.commandLog()).toEqual([]);
	await hypervisor.close();
	expect(calls).toEqual({opened: 0, closed: 0});
});

test('it is opened once, by the first question, and answers from then on', async () => {
	const {hypervisor, calls} = late();
	const [uuid] = connected.inventory!.domains.map(domain => domain.uuid);
	const [facts, receipts] = await Promise.all([hypervisor.facts(uuid!), hypervisor.receipts()]);
	expect(facts.domain.uuid).toBe(uuid);
	expect(receipts).toEqual([]);
	expect(hypervisor.view()).toBe(connected);
	await hypervisor.close();
	expect(calls).toEqual({opened: 1, closed: 1});
});

test('who subscribed before it was open hears of what came meanwhile and of changes, until unsubscribed', async () => {
	const {fake, hypervisor} = late();
	let heard = 0;
	const stop = hypervisor.subscribe(() => heard++);
	const stopAtOnce = hypervisor.subscribe(() => heard--);
	stopAtOnce();
	await hypervisor.refresh();
	expect(heard).toBe(1);
	fake.show({...connected});
	expect(heard).toBe(2);
	stop();
	fake.show({...connected});
	expect(heard).toBe(2);
});

test('what could not be opened fails whatever was asked', async () => {
	const hypervisor = lateHypervisor(async () => {
		throw new Error('no such module');
	});
	await expect(hypervisor.refresh()).rejects.toThrow('no such module');
});
