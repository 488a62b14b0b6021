/** Operations whose domain is read again at once, however they end. */
import type {Hypervisor} from '../core/model/hypervisor.ts';
import type {Receipt} from '../core/model/receipt.ts';
import type {Operations} from '../execute/operations.ts';
import {createTurns} from './by-key.ts';

/** Those that may change a domain. Plans for one domain are carried out one after the other. */
export function operationsThenRead(
	{carryOut, follow, recover}: Operations,
	readAgain: (uuid: string) => Promise<void>,
): Pick<Hypervisor, 'carryOut' | 'follow' | 'recover'> {
	const inTurn = createTurns();

	async function thenRead(receipt: Promise<Receipt>, uuid: (ended: Receipt | null) => string | null): Promise<Receipt> {
		let ended: Receipt | null = null;
		try {
			ended = await receipt;
			return ended;
		} finally {
			const concerned = uuid(ended);
			if (concerned !== null) await readAgain(concerned);
		}
	}

	return {
		carryOut: (plan, onReceipt) =>
			inTurn(plan.domain.uuid, () => thenRead(carryOut(plan, onReceipt), () => plan.domain.uuid)),
		follow: (id, onReceipt) => thenRead(follow(id, onReceipt), ofReceipt),
		recover: (id, choice, onReceipt) => thenRead(recover(id, choice, onReceipt), ofReceipt),
	};
}

const ofReceipt = (receipt: Receipt | null) => receipt?.plan.domain.uuid ?? null;
