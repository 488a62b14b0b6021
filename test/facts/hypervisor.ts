/** The port with nothing behind it: a test says what it answers. */
import {type Hypervisor, unread} from '../../source/core/model/hypervisor.ts';
import {refuse} from '../../source/core/model/refusal.ts';
import {RefusalError} from '../../source/core/words/foreseen-error.ts';

async function nothing(): Promise<never> {
	throw new RefusalError(refuse('not-found', 'nothing to recover', 'virsnap log'));
}

export function quietHypervisor(more: Partial<Hypervisor>): Hypervisor {
	return {
		machine: async () => null,
		contact: async () => null,
		fileSystems: async () => [],
		answer: async () => {},
		view: () => unread,
		subscribe: () => () => {},
		refresh: async () => {},
		savedDomain: async () => null,
		facts: nothing,
		sizes: async () => [],
		sizeTogether: async () => ({bytes: null, reason: null}),
		difference: async () => [],
		picture: async () => null,
		serve: nothing,
		prepare: async () => {},
		carryOut: nothing,
		receipts: async () => [],
		oddReceipts: async () => [],
		unfinished: async () => [],
		follow: nothing,
		cancel: async () => {},
		recovery: nothing,
		recover: nothing,
		commandLog: () => [],
		close: async () => {},
		...more,
	};
}
