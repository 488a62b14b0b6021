/** The real hypervisor: libvirt through virsh, images through qemu-img. */
import type {Hypervisor} from '../core/hypervisor.ts';
import type {Plan} from '../core/plan.ts';
import type {Receipt} from '../core/receipt.ts';
import {commandRunner} from '../execute/command.ts';
import {createTurns} from '../execute/in-turn.ts';
import {createReceiptStore} from '../execute/receipts.ts';
import {carryOut} from '../execute/run.ts';
import {remedyFor} from '../libvirt/remedies.ts';
import type {Libvirt} from '../libvirt/virsh.ts';
import {createCommandLog} from './command-log.ts';
import {readFacts} from './facts.ts';
import {openSources} from './sources.ts';
import {createSynchronizer} from './synchronizer.ts';
import {createViewStore} from './view-store.ts';
import {startWatch, type Watch} from './watch.ts';

export type HypervisorOptions = {
	/** Null: virsh's own default. */
	readonly uri: string | null;
	/** Added to the environment of every command. */
	readonly env?: Readonly<Record<string, string>>;
	/** Folder for receipts; see `receiptFolder` of execute/receipts.ts. */
	readonly receipts: string;
};

/**
 * Open a hypervisor. Nothing is run yet: the first `refresh` reads once, the first `subscribe` begins to watch, and either can be
 * left out.
 */
export function openHypervisor(options: HypervisorOptions): Hypervisor {
	const closing = new AbortController();
	const log = createCommandLog();
	const env = options.env ?? {};
	const libvirt: Libvirt = {uri: options.uri, env, log: log.add, signal: closing.signal};
	const sources = openSources(libvirt);
	const store = createViewStore();
	const synchronizer = createSynchronizer(sources, store);
	const receipts = createReceiptStore(options.receipts);
	const inTurn = createTurns();
	let watch: Watch | null = null;

	async function refresh(): Promise<void> {
		try {
			await synchronizer.readAll({fresh: true});
		} catch (error) {
			if (closing.signal.aborted) return;
			store.connection({status: 'lost', reason: (error as Error).message, retryAt: new Date().toISOString()});
		}
	}

	async function execute(plan: Plan, onReceipt?: (receipt: Receipt) => void): Promise<Receipt> {
		try {
			return await carryOut(plan, {
				facts: () => readFacts(sources, plan.domain.uuid),
				run: commandRunner(env, log.add),
				save: receipts.save,
				now: () => new Date().toISOString(),
				remedyFor,
				...(onReceipt ? {onReceipt} : {}),
			});
		} finally {
			if (watch) watch.wake([plan.domain.uuid]);
			else await synchronizer.readSome([plan.domain.uuid]).catch(() => undefined);
		}
	}

	return {
		view: store.view,
		subscribe(listener) {
			const stop = store.subscribe(listener);
			watch ??= startWatch(libvirt, synchronizer, store, store.view().inventory !== null);
			return stop;
		},
		refresh,
		facts: (uuid, directory) => readFacts(sources, uuid, directory),
		carryOut: (plan, onReceipt) => inTurn(plan.domain.uuid, () => execute(plan, onReceipt)),
		receipts: receipts.list,
		unfinished: async () => [],
		follow: async () => {
			throw new Error('not yet');
		},
		cancel: async () => {},
		recovery: async () => {
			throw new Error('not yet');
		},
		recover: async () => {
			throw new Error('not yet');
		},
		commandLog: log.list,
		async close() {
			closing.abort();
			await watch?.stop();
		},
	};
}
