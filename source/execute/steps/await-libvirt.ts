/** Patience with a libvirt that is being restarted: it is there again within seconds. */
import {setTimeout as delay} from 'node:timers/promises';
import {ConnectionError} from '../../libvirt/errors.ts';

const patienceSeconds = 15;

/**
 * Ask again and again until libvirt answers.
 *
 * @throws {ConnectionError} it did not within 15 s
 * @throws at once whatever else `ask` rejects with
 */
export async function patiently<T>(ask: () => Promise<T>): Promise<T> {
	const end = performance.now() + patienceSeconds * 1000;
	for (;;) {
		try {
			return await ask();
		} catch (error) {
			if (!(error instanceof ConnectionError) || performance.now() > end) throw error;
			await delay(300);
		}
	}
}
