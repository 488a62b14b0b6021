/** How quickly another machine answers, and what its clock says. */
import type {Contact} from '../../../core/model/hypervisor.ts';

const times = 3;

/** `clock` asks for the time there, in milliseconds since 1970. Of several questions the quickest tells most about the clock. */
export async function contactBy(clock: () => Promise<number>): Promise<Contact> {
	const contacts: Contact[] = [];
	// The first one may be what connects.
	await clock();
	while (contacts.length < times) {
		const [asked, began] = [Date.now(), performance.now()];
		const there = await clock();
		const milliseconds = performance.now() - began;
		contacts.push({milliseconds, ahead: there - (asked + milliseconds / 2)});
	}

	return contacts.reduce((best, one) => (one.milliseconds < best.milliseconds ? one : best));
}
