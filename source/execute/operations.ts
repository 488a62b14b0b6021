/** Operations from start to end, across processes: who starts one, who carries it out, who watches, and what stays of a broken one. */

import type {Facts} from '../core/model/facts.ts';
import type {Hypervisor} from '../core/model/hypervisor.ts';
import type {Plan} from '../core/model/plan.ts';
import type {Receipt} from '../core/model/receipt.ts';
import {carryOutById} from './carry-out-here.ts';
import type {LookingBack, OperationContext} from './operation-context.ts';
import {pictureFolder, readPicture} from './plan/pictures/folder.ts';
import {requestCancel} from './receipts/cancel-request.ts';
import {followReceipt} from './receipts/follow.ts';
import {createReceiptStore, knownReceipt} from './receipts/store.ts';
import {unfinishedReceipts} from './receipts/unfinished.ts';
import {examine, recover} from './recover.ts';
import {createRunners} from './runner.ts';
import {startOperation} from './start.ts';

/** The part of the port that is about operations: what each does stands there. */
export type Operations = Pick<
	Hypervisor,
	'carryOut' | 'picture' | 'receipts' | 'oddReceipts' | 'unfinished' | 'follow' | 'cancel' | 'recovery' | 'recover'
> & {
	/** Carrying out may follow soon. */
	prepare(): void;
	/** What is being carried out goes on. */
	close(): void;
	/** Carry out, in this very process, a receipt that another one has written. */
	runHere(id: string): Promise<Receipt>;
};

type OperationsOptions = Omit<OperationContext, 'store' | 'runners' | 'facts'> & {
	/** As in the context. */
	readonly facts: (plan: Plan, looking: LookingBack) => Promise<Facts>;
	/** The command that carries a receipt out when the id is put behind it; null: in this process. */
	readonly runner: readonly string[] | null;
	/** Folder of receipts; claims and requests to cancel lie beside them. */
	readonly folder: string;
};

/** Operations on the domains of one libvirt. Nothing is read or run until one of them is called. */
export function createOperations({folder, runner, facts, ...rest}: OperationsOptions): Operations {
	const store = createReceiptStore(folder);
	const runners = runner === null ? null : createRunners(runner, rest.libvirt.env ?? {}, folder);
	const context: OperationContext = {
		...rest,
		store,
		runners,
		async facts(plan, looking = {}) {
			const receipts = await store.list();
			return facts(plan, {...looking, earlier: receipts.filter(({id}) => id !== looking.by)});
		},
	};
	return {
		prepare: () => runners?.prepare(),
		close: () => runners?.drop(),
		carryOut: (plan, onReceipt) => startOperation(context, plan, onReceipt),
		runHere: id => carryOutById(context, id),
		picture: (uuid, createdAt) => readPicture(pictureFolder(folder), uuid, createdAt),
		receipts: store.list,
		oddReceipts: store.odd,
		unfinished: () => unfinishedReceipts(store),
		follow: async (id, onReceipt) => followReceipt(context, await knownReceipt(store, id), onReceipt),
		async cancel(id) {
			const receipt = await knownReceipt(store, id);
			if (receipt.endedAt === null) await requestCancel(folder, id);
		},
		recovery: async id => (await examine(context, id)).recovery,
		recover: (id, choice, onReceipt) => recover(context, id, choice, onReceipt),
	};
}
