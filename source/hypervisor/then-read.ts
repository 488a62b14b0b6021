/** Operations, loaded when the first of them is asked for; their domain is read again at once, however they end. */
import type {Hypervisor} from '../core/model/hypervisor.ts';
import type {Receipt} from '../core/model/receipt.ts';
import type {Operations} from '../execute/operations.ts';
import {createTurns} from './by-key.ts';

type ThenRead = Omit<Operations, 'prepare' | 'close' | 'runHere'> &
	Pick<Hypervisor, 'prepare'> & {
		/** What is being carried out goes on. */
		close(): Promise<void>;
	};

/** Plans for one domain are carried out one after the other. `load` is called once at most: a list needs no operations. */
export function operationsThenRead(
	load: () => Promise<Operations>,
	readAgain: (uuid: string) => Promise<void>,
): ThenRead {
	const inTurn = createTurns();
	let loading: Promise<Operations> | null = null;
	const operations = () => {
		loading ??= load();
		return loading;
	};

	async function thenRead(
		started: (all: Operations) => Promise<Receipt>,
		uuid: (ended: Receipt | null) => string | null,
	): Promise<Receipt> {
		let ended: Receipt | null = null;
		try {
			ended = await started(await operations());
			return ended;
		} finally {
			const concerned = uuid(ended);
			if (concerned !== null) await readAgain(concerned);
		}
	}

	return {
		prepare: async () => (await operations()).prepare(),
		carryOut: (plan, onReceipt) =>
			inTurn(plan.domain.uuid, () =>
				thenRead(
					all => all.carryOut(plan, onReceipt),
					() => plan.domain.uuid,
				),
			),
		follow: (id, onReceipt) => thenRead(all => all.follow(id, onReceipt), ofReceipt),
		recover: (id, choice, onReceipt) => thenRead(all => all.recover(id, choice, onReceipt), ofReceipt),
		picture: async (uuid, createdAt) => (await operations()).picture(uuid, createdAt),
		receipts: async () => (await operations()).receipts(),
		oddReceipts: async () => (await operations()).oddReceipts(),
		unfinished: async () => (await operations()).unfinished(),
		cancel: async id => (await operations()).cancel(id),
		recovery: async id => (await operations()).recovery(id),
		close: async () => (await loading)?.close(),
	};
}

const ofReceipt = (receipt: Receipt | null) => receipt?.plan.domain.uuid ?? null;
