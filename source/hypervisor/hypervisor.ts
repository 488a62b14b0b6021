/** The real hypervisor: libvirt through virsh, images through qemu-img. */
import os from 'node:os';
import process from 'node:process';
import type {Readable} from 'node:stream';
import type {Hypervisor, Name, NamesOf, Served} from '../core/model/hypervisor.ts';
import type {Receipt} from '../core/model/receipt.ts';
import type {OperationContext} from '../execute/operation-context.ts';
import {diskNames, domainNames, snapshotNames} from '../inventory/names.ts';
import {openSources, type Sources} from '../inventory/sources.ts';
import type {Libvirt} from '../libvirt/virsh/ask.ts';
import {daemonAddress} from '../libvirt/wire/address.ts';
import type {Patience} from '../libvirt/wire/connection.ts';
import {readyToRun} from '../programs/run-program.ts';
import {type SshAddress, sshAddress} from './agent/here/ssh-address.ts';
import {createCommandLog} from './command-log.ts';
import {LiveView} from './live-view.ts';
import {sizeQuestions} from './size-questions.ts';
import {operationsThenRead} from './then-read.ts';

type HypervisorOptions = {
	/** Null: virsh's own default. */
	readonly uri: string | null;
	/** Added to the environment of every command. */
	readonly env?: Readonly<Record<string, string>>;
	/** Folder for receipts; see `receiptFolder` of execute/receipts/own-home.ts. */
	readonly receipts: string;
	/**
	 * The command that carries a plan out in a process of its own when a receipt's id is put behind it; left out: plans are
	 * carried out in this process, and end with it.
	 */
	readonly runner?: readonly string[];
	/** Whether plans keep pictures of guests' screens with their snapshots, asked for each plan; left out: none does. */
	readonly pictures?: () => Promise<boolean>;
	/** With a daemon that is silent. */
	readonly patience?: Patience;
};

/** Who asks libvirt, and with which variables. */
const surroundings = () => ({env: process.env, uid: os.userInfo().uid});

/** Another machine that ssh reaches, by the URI as libvirt resolves it, with its aliases and defaults; null: not by ssh. */
export function sshHostOf({uri, env = {}}: Pick<HypervisorOptions, 'uri' | 'env'>): SshAddress | null {
	const around = surroundings();
	const {uri: asked} = daemonAddress(uri, {...around, env: {...around.env, ...env}});
	return asked === null ? null : sshAddress(asked);
}

const isHereIn =
	({places}: Sources): OperationContext['isHere'] =>
	async file =>
		(await places.hindrance(file)) === null;

/**
 * Carry out a receipt that another process has written: what the `runner` of the options above has to do. Where `told` says which, null:
 * it has ended and said none.
 */
export async function runReceipt(
	options: Omit<HypervisorOptions, 'runner' | 'pictures' | 'patience'>,
	given: string,
	told: Readable,
): Promise<Receipt | null> {
	// All that will be needed, before there is something to do.
	const [{createOperations}, {factsFor}, {wantedReceipt}] = await Promise.all([
		import('../execute/operations.ts'),
		import('../inventory/facts.ts'),
		import('../execute/runner.ts'),
		readyToRun(),
	]);
	const libvirt: Libvirt = {uri: options.uri, env: options.env ?? {}};
	const sources = openSources(libvirt, surroundings());
	const operations = createOperations({
		folder: options.receipts,
		libvirt,
		reader: sources.reader,
		facts: (plan, looking) => factsFor(sources, plan, looking),
		isHere: isHereIn(sources),
		definitions: sources.driverFolder('definitions'),
		runner: null,
	});
	// Thousands of receipts take a while to read for the first time.
	const [id] = await Promise.all([wantedReceipt(given, told), operations.receipts()]);
	return id === null ? null : operations.runHere(id);
}

/**
 * Names for the completion of a command line. Of another host its own virsnap is asked, by the version that this one has.
 *
 * @throws {ConnectionError} libvirt could not be asked
 */
export async function readNames(
	options: Omit<HypervisorOptions, 'runner' | 'patience'> & {readonly version: string},
	of: NamesOf,
	signal: AbortSignal,
): Promise<Name[]> {
	const host = sshHostOf(options);
	if (host !== null) {
		const {namesThere} = await import('./agent/here/names-there.ts');
		return namesThere(host, options.version, of, signal);
	}
	if (of === 'receipts') return receiptNames(options);
	const {uri, env = {}} = options;
	const done = new AbortController();
	const sources = openSources({uri, env, signal: AbortSignal.any([signal, done.signal])}, surroundings());
	try {
		if (of === 'domains') return await domainNames(sources);
		return await ('disksOf' in of ? diskNames(sources, of.disksOf) : snapshotNames(sources, of.snapshotsOf));
	} finally {
		done.abort();
	}
}

async function receiptNames(options: HypervisorOptions): Promise<Name[]> {
	const hypervisor = openHypervisor(options);
	try {
		const receipts = await hypervisor.receipts();
		return receipts.map(({id, plan, status}) => ({name: id, about: `${plan.verb} of ${plan.domain.name}: ${status}`}));
	} finally {
		await hypervisor.close();
	}
}

/**
 * Open a hypervisor. Nothing is run yet: the first `refresh` reads once, the first `subscribe` begins to watch, and either can be
 * left out.
 */
export function openHypervisor(options: HypervisorOptions): Hypervisor {
	const closing = new AbortController();
	const {signal} = closing;
	const log = createCommandLog();
	const libvirt: Libvirt = {uri: options.uri, env: options.env ?? {}, log: log.add, signal};
	const sources = openSources(libvirt, surroundings(), options.patience);
	const live = new LiveView(sources, signal);
	const served: Served[] = [];
	const load = async () => {
		const [{createOperations}, {factsFor}] = await Promise.all([
			import('../execute/operations.ts'),
			import('../inventory/facts.ts'),
		]);
		return createOperations({
			folder: options.receipts,
			libvirt,
			reader: sources.reader,
			isHere: isHereIn(sources),
			definitions: sources.driverFolder('definitions'),
			facts: (plan, looking) => factsFor(sources, plan, looking),
			runner: options.runner ?? null,
			log: log.add,
			signal,
		});
	};
	const {close: closeOperations, ...operations} = operationsThenRead(load, uuid => live.readAgain(uuid));
	return {
		machine: async () => null,
		contact: async () => null,
		fileSystems: async () => (await import('../inventory/file-systems.ts')).readFileSystems(sources, live.view()),
		answer: async () => {},
		view: () => live.view(),
		subscribe: listener => live.subscribe(listener),
		refresh: what => live.refresh(what),
		facts: async (uuid, folders, file) => {
			const {readPlanFacts} = await import('./plan-facts.ts');
			const wanted = {uuid, known: live.domain(uuid), folders, file, pictures: options.pictures};
			return readPlanFacts(sources, wanted, operations.receipts, signal);
		},
		...sizeQuestions(sources, uuid => live.domain(uuid), signal),
		async serve(exports) {
			const {serve} = await import('../execute/inside/serve.ts');
			const one = await serve(exports, {signal, env: options.env ?? {}, log: log.add});
			served.push(one);
			return one;
		},
		savedDomain: async file => (await import('../inventory/save-images.ts')).savedDomain(sources, file),
		...operations,
		commandLog: log.list,
		async close() {
			closing.abort();
			await closeOperations();
			await Promise.all(served.map(one => one.close()));
			await live.stop();
		},
	};
}
