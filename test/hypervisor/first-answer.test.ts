import {expect, test} from 'vitest';
import {unread} from '../../source/core/model/hypervisor.ts';
import {firstAnswer} from '../../source/hypervisor/first-answer.ts';
import {connected, fakeHypervisor} from '../ui/fake-hypervisor.ts';

test('it has come with the domains, or with the reason why there are none, not before', async () => {
	const lost = {status: 'lost', reason: 'no daemon', remedy: null, retryAt: '2026-11-23T14:30:12Z'} as const;
	for (const answer of [connected, {...unread, connection: lost}]) {
		const fake = fakeHypervisor(unread);
		let come = false;
		const answered = firstAnswer(fake.hypervisor).then(() => {
			come = true;
		});
		fake.show({...unread});
		await Promise.resolve();
		expect(come).toBe(false);
		fake.show(answer);
		await answered;
	}
});

test('what is known already needs no answer', async () => {
	await firstAnswer(fakeHypervisor(connected).hypervisor);
});
