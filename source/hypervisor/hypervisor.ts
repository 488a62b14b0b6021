/** The real hypervisor: libvirt through virsh, images through qemu-img. */
import os from 'node:os';
import process from 'node:process';
import type {Hypervisor, Reading} from '../core/model/hypervisor.ts';
import type {Receipt} from '../core/model/receipt.ts';
import {rewrittenIn} from '../core/recover/rewritten.ts';
import {spoiledIn} from '../core/recover/spoiled.ts';
import type {Means} from '../execute/operation-context.ts';
import {createOperations, type Operations} from '../execute/operations.ts';
import {factsFor, readFacts} from '../inventory/facts.ts';
import {domainNames, type Name, snapshotNames} from '../inventory/names.ts';
import {savedDomain} from '../inventory/save-images.ts';
import {readBetween, readSizes, readSizesSoon, readTogether} from '../inventory/sizes.ts';
import {openSources, type Sources} from '../inventory/sources.ts';
import type {Libvirt} from '../libvirt/virsh/ask.ts';
import {createTurns} from './by-key.ts';
import {createCommandLog} from './command-log.ts';
import {createSynchronizer} from './synchronizer.ts';
import {createViewStore} from './view-store.ts';
import {lost, startWatch, type Watch} from './watch.ts';

type HypervisorOptions = {
	/** Null: virsh's own default. */
	readonly uri: string | null;
	/** Added to the environment of every command. */
	readonly env?: Readonly<Record<string, string>>;
	/** Folder for receipts; see `receiptFolder` of execute/receipts.ts. */
	readonly receipts: string;
	/**
	 * The command that carries a plan out in a process of its own when a receipt's id is put behind it; left out: plans are
	 * carried out in this process, and end with it.
	 */
	readonly runner?: readonly string[];
};

/** Who asks libvirt, and with which variables. */
const surroundings = () => ({env: process.env, uid: os.userInfo().uid});

const isHereIn =
	({places}: Sources): Means['isHere'] =>
	async file =>
		(await places.hindrance(file)) === null;

/** Carry out a receipt that another process has written: what the `runner` of the options above has to do. */
export async function runReceipt(options: Omit<HypervisorOptions, 'runner'>, id: string): Promise<Receipt> {
	const libvirt: Libvirt = {uri: options.uri, env: options.env ?? {}};
	const sources = openSources(libvirt, surroundings());
	const facts: Means['facts'] = (plan, looking) => factsFor(sources, plan, looking);
	const means = {libvirt, reader: sources.reader, facts, isHere: isHereIn(sources), runner: null};
	return createOperations({folder: options.receipts, ...means}).runHere(id);
}

/**
 * Names for the completion of a command line: the snapshots of a domain, or all domains where it is null.
 *
 * @throws {ConnectionError} libvirt could not be asked
 */
export async function readNames(
	{uri, env = {}}: Pick<HypervisorOptions, 'uri' | 'env'>,
	domain: string | null,
	signal: AbortSignal,
): Promise<Name[]> {
	const done = new AbortController();
	const sources = openSources({uri, env, signal: AbortSignal.any([signal, done.signal])}, surroundings());
	try {
		return await (domain === null ? domainNames(sources) : snapshotNames(sources, domain));
	} finally {
		done.abort();
	}
}

/**
 * Open a hypervisor. Nothing is run yet: the first `refresh` reads once, the first `subscribe` begins to watch, and either can be
 * left out.
 */
// biome-ignore lint/complexity/noExcessiveLinesPerFunction: a factory: its functions are short, and share what it holds
export function openHypervisor(options: HypervisorOptions): Hypervisor {
	const closing = new AbortController();
	const log = createCommandLog();
	const env = options.env ?? {};
	const libvirt: Libvirt = {uri: options.uri, env, log: log.add, signal: closing.signal};
	const sources = openSources(libvirt, surroundings());
	const store = createViewStore();
	const synchronizer = createSynchronizer(sources, store);
	const operations: Operations = createOperations({
		folder: options.receipts,
		libvirt,
		reader: sources.reader,
		isHere: isHereIn(sources),
		facts: (plan, looking) => factsFor(sources, plan, looking),
		runner: options.runner ?? null,
		log: log.add,
		signal: closing.signal,
	});
	const inTurn = createTurns();
	let watch: Watch | null = null;

	async function refresh(): Promise<void> {
		try {
			await synchronizer.readAll({fresh: true});
		} catch (error) {
			if (closing.signal.aborted) return;
			store.connection(lost(error, 0));
		}
	}

	/** The domain is read again at once, however an operation on it ended. */
	async function thenRead(receipt: Promise<Receipt>, uuid: (ended: Receipt | null) => string | null): Promise<Receipt> {
		let ended: Receipt | null = null;
		try {
			ended = await receipt;
			return ended;
		} finally {
			const concerned = uuid(ended);
			if (concerned !== null && !closing.signal.aborted) {
				if (watch) watch.wake([concerned]);
				else await synchronizer.readSome([concerned]).catch(() => undefined);
			}
		}
	}

	const domainOf = (uuid: string) => store.view().inventory?.domains.find(domain => domain.uuid === uuid);
	const ofReceipt = (receipt: Receipt | null) => receipt?.plan.domain.uuid ?? null;

	const untilClosed = (reading: Reading = {}): Reading => ({
		...reading,
		signal: AbortSignal.any([closing.signal, ...(reading.signal ? [reading.signal] : [])]),
	});

	return {
		view: store.view,
		subscribe(listener) {
			const stop = store.subscribe(listener);
			watch ??= startWatch(sources.reader, synchronizer, store, store.view().inventory !== null);
			return stop;
		},
		refresh,
		async facts(uuid, directory, file) {
			const known = domainOf(uuid);
			const sizes = known ? readSizesSoon(sources, known, closing.signal) : [];
			const receipts = (await operations.receipts()).filter(({plan}) => plan.domain.uuid === uuid);
			const facts = await readFacts(sources, uuid, {
				// What earlier operations have made: an undo takes back no other file of the same name.
				files: [...new Set(receipts.flatMap(({made}) => Object.keys(made ?? {})))],
				...(directory === undefined ? {} : {folders: [directory]}),
				...(file === undefined ? {} : {file}),
			});
			const layered = facts.domain.snapshots.some(({kind}) => kind === 'external');
			if (!layered) return {...facts, sizes: await sizes};
			return {
				...facts,
				sizes: await sizes,
				spoiled: spoiledIn(facts.domain, receipts),
				rewritten: rewrittenIn(facts, receipts),
			};
		},
		sizes: async (uuid, reading) => {
			const domain = domainOf(uuid);
			return domain ? readSizes(sources, domain, untilClosed(reading)) : [];
		},
		sizeTogether: async (uuid, tags, reading) => {
			const domain = domainOf(uuid);
			return domain ? readTogether(sources, domain, tags, untilClosed(reading)) : {bytes: null, reason: null};
		},
		difference: async (uuid, from, to, reading) => {
			const domain = domainOf(uuid);
			return domain ? readBetween(sources, domain, [from, to], untilClosed(reading)) : [];
		},
		savedDomain: file => savedDomain(sources, file),
		carryOut: (plan, onReceipt) =>
			inTurn(plan.domain.uuid, () => thenRead(operations.carryOut(plan, onReceipt), () => plan.domain.uuid)),
		receipts: operations.receipts,
		oddReceipts: operations.oddReceipts,
		unfinished: operations.unfinished,
		follow: (id, onReceipt) => thenRead(operations.follow(id, onReceipt), ofReceipt),
		cancel: operations.cancel,
		recovery: operations.recovery,
		recover: (id, choice, onReceipt) => thenRead(operations.recover(id, choice, onReceipt), ofReceipt),
		commandLog: log.list,
		async close() {
			closing.abort();
			await watch?.stop();
		},
	};
}
