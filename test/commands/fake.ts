/** A hypervisor and a process that exist only in memory: what commands are tried out on. */
import {PassThrough} from 'node:stream';
import type {Adapters, ExitStatus} from '../../source/commands/context.ts';
import {main} from '../../source/commands/main.ts';
import type {Disk, Domain, Facts, Inventory, Reclaimable} from '../../source/core/model/domain.ts';
import type {Connection, Hypervisor} from '../../source/core/model/hypervisor.ts';
import type {Plan} from '../../source/core/model/plan.ts';
import type {OddReceipt, Receipt, ReceiptStatus} from '../../source/core/model/receipt.ts';
import type {Snapshot} from '../../source/core/model/snapshot.ts';
import type {Recovery} from '../../source/core/recover/recovery.ts';
import {type ReadSizes, sizesOf} from '../../source/core/snapshots/sizes.ts';

export const disk: Disk = {
	target: 'vda',
	device: 'disk',
	bus: 'virtio',
	type: 'file',
	source: '/images/web.qcow2',
	format: 'qcow2',
	readonly: false,
	shareable: false,
	transient: false,
	snapshotPolicy: null,
	encrypted: false,
	blockJob: null,
	mirror: null,
	chain: [
		{
			file: '/images/web.qcow2',
			format: 'qcow2',
			virtualSizeBytes: 16 * 1024 ** 2,
			actualSizeBytes: 200_704,
			bitmaps: [],
			encrypted: false,
			snapshots: [{id: '1', tag: 'before', vmSizeBytes: 0, createdAt: '2026-01-02T03:04:05.000Z', vmClockNs: 0}],
		},
	],
	unreadable: null,
};

export const snapshot: Snapshot = {
	tag: 'before',
	health: 'ok',
	healthReason: '',
	kind: 'internal',
	state: 'shutoff',
	createdAt: '2026-01-02T03:04:05.000Z',
	vmSizeBytes: 0,
	vmClockNs: 0,
	parent: null,
	current: true,
	description: null,
	libvirt: true,
	memoryFile: null,
	disks: [{target: 'vda', kind: 'internal', id: '1', file: '/images/web.qcow2', source: '/images/web.qcow2'}],
	revertFiles: [],
	duplicates: 1,
};

export const web: Domain = {
	uuid: '7b3a1c52-9f0d-4c1e-8a37-5d2f6e0b9c11',
	name: 'web',
	id: null,
	state: 'shut off',
	persistent: true,
	managedSave: false,
	savedMemory: null,
	memoryBytes: 64 * 1024 ** 2,
	type: 'qemu',
	firmware: {kind: 'bios', nvram: null},
	unsavable: [],
	tpm: false,
	agent: 'none',
	disks: [disk],
	snapshots: [snapshot],
	problems: [],
};

export const host = {
	uri: 'test:///fake',
	libvirt: '9.0.0',
	qemu: '7.2.22',
	externalSnapshots: false,
	throughVirsh: null,
};

/** The receipt of a plan that ended in this way. */
export function receiptOf(plan: Plan, status: ReceiptStatus): Receipt {
	const done = status !== 'stale';
	return {
		version: 2,
		id: '20260102-030405-web',
		plan,
		status,
		startedAt: '2026-01-02T03:04:05.000Z',
		endedAt: '2026-01-02T03:04:06.000Z',
		steps: plan.steps.map(({argv}) => ({
			argv,
			status: done ? (status === 'verified' ? 'done' : 'failed') : 'pending',
			startedAt: null,
			endedAt: null,
			exitCode: done ? (status === 'verified' ? 0 : 1) : null,
			stdout: '',
			stderr: status === 'failed' ? 'error: Input/output error\n' : '',
		})),
		made: {},
		undone: [],
		findings: [],
		message: status === 'verified' ? '' : `It is ${status}.`,
		remedy: null,
	};
}

type Fake = {
	domains?: readonly Domain[];
	connection?: Connection;
	/** How carrying out ends. */
	ending?: ReceiptStatus;
	receipts?: readonly Receipt[];
	odd?: readonly OddReceipt[];
	/** What the domain that is asked for has left behind. */
	reclaimable?: readonly Reclaimable[];
	/** The first receipt was cut off, and this is found of it. */
	recovery?: Recovery;
	/** What was read of the images. */
	sizes?: ReadSizes;
};

/** A hypervisor with these domains; remembers the plans it was given. */
function fakeHypervisor({
	domains = [web],
	connection = {status: 'connected'},
	ending = 'verified',
	receipts = [],
	odd = [],
	reclaimable = [],
	recovery,
	sizes = new Map(),
}: Fake) {
	const inventory: Inventory | null = connection.status === 'connected' ? {host, domains} : null;
	const carriedOut: Plan[] = [];
	let closed = 0;
	const hypervisor: Hypervisor = {
		view: () => ({connection, inventory, pending: new Set()}),
		subscribe: () => () => {},
		refresh: async () => {},
		savedDomain: async () => null,
		facts: async uuid => ({...factsOf(domains.find(domain => domain.uuid === uuid)!, domains), reclaimable}),
		sizes: async uuid => sizesOf(domains.find(domain => domain.uuid === uuid)!, sizes),
		sizeTogether: async () => ({bytes: 12_000_000, reason: null}),
		async carryOut(plan, onReceipt) {
			carriedOut.push(plan);
			const receipt = receiptOf(plan, ending);
			onReceipt?.(receipt);
			return receipt;
		},
		receipts: async () => receipts,
		oddReceipts: async () => odd,
		unfinished: async () => (recovery ? [{receipt: receipts[0]!, state: 'cut-off'}] : []),
		follow: async () => {
			throw new Error('nothing to follow');
		},
		cancel: async () => {},
		recovery: async () => {
			if (recovery) return recovery;
			throw Object.assign(new Error('nothing to recover'), {code: 'not-found', remedy: 'virsnap log'});
		},
		recover: async () => {
			throw Object.assign(new Error('nothing to recover'), {code: 'not-found', remedy: 'virsnap log'});
		},
		commandLog: () => [],
		async close() {
			closed++;
		},
	};
	return {hypervisor, carriedOut, closed: () => closed};
}

function factsOf(domain: Domain, domains: readonly Domain[]): Facts {
	const images = {path: '/images', freeBytes: 1024 ** 4, writable: true, entries: ['web.qcow2']};
	return {
		host,
		domain,
		domains,
		directories: {'/images': images},
		inactiveXml: '<domain/>',
		snapshotXml: Object.fromEntries(
			domain.snapshots.map(({tag}) => [tag, `<domainsnapshot><name>${tag}</name></domainsnapshot>`]),
		),
		saveImages: {},
		reclaimable: [],
		kept: [],
		blockDevices: [],
		held: null,
		job: null,
		checkpoints: [],
		aliases: {},
		identities: {},
		readOnly: [],
		gone: [],
		writers: [],
		miscounted: [],
		root: true,
		spoiled: [],
		random: '00112233445566778899aabbccddeeff'.repeat(2),
		now: '2026-01-02T03:04:05.000Z',
	};
}

type Ran = {
	status: ExitStatus;
	stdout: string;
	stderr: string;
	uris: (string | null)[];
	carriedOut: Plan[];
	shownUi: number;
};

/** Run a command line. `answer` is typed on the terminal; left out, there is no terminal. */
export async function run(
	argv: readonly string[],
	fake: Fake & {answer?: string; env?: Record<string, string>} = {},
): Promise<Ran> {
	const {hypervisor, carriedOut, closed} = fakeHypervisor(fake);
	const terminal = fake.answer !== undefined;
	const [stdin, stdout, stderr] = [stream(terminal), stream(terminal), stream(terminal)];
	if (fake.answer !== undefined) stdin.end(fake.answer);
	const uris: (string | null)[] = [];
	let shownUi = 0;
	const adapters: Adapters = {
		version: '1.2.3',
		built: 'npm, Node 24.0.0',
		openHypervisor(uri) {
			uris.push(uri);
			return hypervisor;
		},
		async runReceipt() {
			throw new Error('no receipts are run here');
		},
		async runUi() {
			shownUi++;
		},
		async names(_, domain) {
			const known = fake.domains ?? [web];
			if (domain === null) return known.map(({name, state}) => ({name, about: state}));
			const {snapshots = []} = known.find(({name}) => name === domain) ?? {};
			return snapshots.map(({tag, kind}) => ({name: tag, about: kind}));
		},
		keys: async () => [{title: 'Lists', keys: [{names: ['j', '↓'], does: 'down'}]}],
		async startLab(log) {
			log('web: a domain');
			return {uri: 'lab:///', receipts: '/lab/receipts', stop: async () => {}};
		},
	};
	const status = await main(argv, {stdin, stdout, stderr, env: fake.env ?? {}}, adapters);
	if (closed() !== uris.length) throw new Error('A hypervisor was not closed');
	return {status, stdout: textOf(stdout), stderr: textOf(stderr), uris, carriedOut, shownUi};
}

function stream(isTTY: boolean) {
	return Object.assign(new PassThrough(), {isTTY});
}

function textOf(written: PassThrough): string {
	return String(written.read() ?? '');
}
