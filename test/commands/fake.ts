/** A hypervisor and a process that exist only in memory: what commands are tried out on. */
import {PassThrough} from 'node:stream';
import type {Adapters, Configuration, ExitStatus} from '../../source/commands/context.ts';
import {main} from '../../source/commands/main.ts';
import type {Domain, Inventory} from '../../source/core/model/domain.ts';
import type {Facts, Reclaimable} from '../../source/core/model/facts.ts';
import type {ConnectionState, Contact, FileSystem, Machine} from '../../source/core/model/hypervisor.ts';
import type {Plan} from '../../source/core/model/plan.ts';
import type {OddReceipt, Receipt, ReceiptStatus} from '../../source/core/model/receipt.ts';
import type {Recovery} from '../../source/core/recover/recovery.ts';
import type {DiskDifference} from '../../source/core/snapshots/contents/difference.ts';
import {type ReadSizes, sizesOf} from '../../source/core/snapshots/contents/sizes.ts';
import {chained, domain, entry, image} from '../facts/domain.ts';
import {facts, host} from '../facts/facts.ts';
import {quietHypervisor} from '../facts/hypervisor.ts';
import {endedAs} from '../facts/receipt.ts';
import {recordedXml, snapshot} from '../facts/snapshot.ts';

const before = snapshot('before', {current: true});

/** One domain with one snapshot, which libvirt and its image have. */
export const web = domain({
	disks: [chained('vda', image('/images/vda.qcow2', [entry(before.tag)]))],
	snapshots: [before],
});

type Fake = {
	domains?: readonly Domain[];
	connection?: ConnectionState;
	/** How carrying out ends. */
	ending?: ReceiptStatus;
	receipts?: readonly Receipt[];
	odd?: readonly OddReceipt[];
	/** What the domain that is asked for has left behind. */
	reclaimable?: readonly Reclaimable[];
	/** The first receipt is of an interrupted operation, and this is found of it. */
	recovery?: Recovery;
	/** What was read of the images. */
	sizes?: ReadSizes;
	/** Of disks between any two snapshots. */
	difference?: readonly DiskDifference[];
	/** The hosts of the configuration, and what is wrong in it. */
	configured?: Partial<Configuration>;
	/** The virsnap of a host that is added, and what hinders putting one there. */
	there?: {version: string | null; hindrance?: {reason: string; remedy: string}};
	/** How it answers, where it is on another machine. */
	contact?: Contact;
	/** Where its images lie. */
	fileSystems?: readonly FileSystem[];
	/** The other machine that it is on. */
	machine?: Machine;
	/** Whose memory every file holds, by UUID. */
	saved?: string;
	/** How reading the facts of a domain fails. */
	failure?: Error;
	/** What is different in the facts of every domain. */
	facts?: Partial<Facts>;
	/** What a person makes of a text in the editor. */
	edit?: (text: string) => Promise<string>;
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
	difference = [],
	saved,
	failure,
	contact,
	fileSystems = [],
	machine,
	facts: more = {},
}: Fake) {
	const inventory: Inventory | null = connection.status === 'connected' ? {host, domains} : null;
	const carriedOut: Plan[] = [];
	let closed = 0;
	const hypervisor = quietHypervisor({
		machine: async () => machine ?? null,
		contact: async () => contact ?? null,
		fileSystems: async () => fileSystems,
		view: () => ({connection, inventory, pending: new Set()}),
		savedDomain: async () => saved ?? null,
		async facts(uuid) {
			if (failure) throw failure;
			return {...factsOf(uuid, domains), reclaimable, ...more};
		},
		sizes: async uuid => sizesOf(domains.find(domain => domain.uuid === uuid)!, sizes),
		sizeTogether: async () => ({bytes: 12_000_000, reason: null}),
		difference: async () => difference,
		serve: async exports => ({
			sockets: exports.map(({target}) => ({target, socket: `/tmp/open/${target}.sock`})),
			ended: new Promise(() => {}),
			close: async () => {},
		}),
		async carryOut(plan, onReceipt) {
			carriedOut.push(plan);
			const receipt = endedAs(plan, ending);
			onReceipt?.(receipt);
			return receipt;
		},
		receipts: async () => receipts,
		oddReceipts: async () => odd,
		unfinished: async () => (recovery ? [{receipt: receipts[0]!, state: 'cut-off'}] : []),
		...(recovery && {recovery: async () => recovery}),
		async close() {
			closed++;
		},
	});
	return {hypervisor, carriedOut, closed: () => closed};
}

function factsOf(uuid: string, domains: readonly Domain[]): Facts {
	const planned = domains.find(one => one.uuid === uuid)!;
	const snapshotXml = recordedXml(planned.snapshots);
	return facts({domain: planned, others: domains.filter(one => one !== planned), snapshotXml});
}

type Ran = {
	status: ExitStatus;
	stdout: string;
	stderr: string;
	uris: (string | null)[];
	carriedOut: Plan[];
	shownUi: number;
	/** Hosts that were added to the configuration, or removed. */
	written: string[];
};

/** Run a command line. `answer` is typed on the terminal; left out, there is no terminal. */
export async function run(
	argv: readonly string[],
	fake: Fake & {answer?: string; env?: Record<string, string>; hosts?: Readonly<Record<string, Fake>>} = {},
): Promise<Ran> {
	const {hypervisor, carriedOut, closed} = fakeHypervisor(fake);
	/** By URI, where each is to answer otherwise. */
	const others = new Map(Object.entries(fake.hosts ?? {}).map(([uri, one]) => [uri, fakeHypervisor(one)]));
	const terminal = fake.answer !== undefined;
	const [stdin, stdout, stderr] = [stream(terminal), stream(terminal), stream(terminal)];
	if (fake.answer !== undefined) stdin.end(fake.answer);
	const uris: (string | null)[] = [];
	let shownUi = 0;
	const written: string[] = [];
	const adapters: Adapters = {
		version: '1.2.3',
		built: 'npm, Node 24.0.0',
		openHypervisor(uri) {
			uris.push(uri);
			return others.get(uri ?? '')?.hypervisor ?? hypervisor;
		},
		async runReceipt() {
			throw new Error('no receipts are run here');
		},
		async serveAgent() {},
		async runUi() {
			shownUi++;
		},
		async names({uri}, of) {
			const {domains: known = [web], receipts = []} = fake.hosts?.[uri ?? ''] ?? fake;
			if (of === 'receipts') return receipts.map(({id, status}) => ({name: id, about: status}));
			if (of === 'domains') return known.map(({name, state}) => ({name, about: state}));
			if ('disksOf' in of) {
				const {disks = []} = known.find(({name}) => name === of.disksOf) ?? {};
				return disks.map(({target, source}) => ({name: target, about: source ?? ''}));
			}
			const {snapshots = []} = known.find(({name}) => name === of.snapshotsOf) ?? {};
			return snapshots.map(({tag, kind}) => ({name: tag, about: kind}));
		},
		editText: fake.edit ?? (async text => text),
		keys: async () => [{title: 'Lists', keys: [{names: ['j', '↓'], does: 'down'}]}],
		toldToEnd: async () => {},
		configuration: async () => ({
			file: '/c.toml',
			hosts: [],
			pictures: false,
			columns: null,
			unknown: [],
			mistakes: [],
			...fake.configured,
		}),
		async addHost(host) {
			written.push(`+ ${host.name} ${host.uri}`);
			return '/c.toml';
		},
		async lookThere() {
			const {version = '1.2.3', hindrance = null} = fake.there ?? {};
			const put = async () => void written.push('put');
			return {version, offer: async () => ({bytes: 1_100_000, folder: '/home/eve/agent/1.2.3', hindrance, put})};
		},
		async cleanThere(uri) {
			written.push(`clean ${uri}`);
			return true;
		},
		async removeHost(name) {
			written.push(`- ${name}`);
			return '/c.toml';
		},
		async startLab(log, count) {
			log('web: a domain');
			const names = count === null ? ['demo'] : Array.from({length: count}, (_, index) => `h${index + 1}`);
			const hosts = names.map(name => ({name, uri: count === null ? 'lab:///' : `lab:///${name}`}));
			return {hosts, receipts: '/lab/receipts', stop: async () => {}};
		},
	};
	const status = await main(argv, {stdin, stdout, stderr, env: fake.env ?? {}}, adapters);
	const all = [...others.values()];
	if (all.reduce((sum, one) => sum + one.closed(), closed()) !== uris.length)
		throw new Error('A hypervisor was not closed');
	return {
		status,
		stdout: textOf(stdout),
		stderr: textOf(stderr),
		uris,
		carriedOut: [...carriedOut, ...all.flatMap(one => one.carriedOut)],
		shownUi,
		written,
	};
}

function stream(isTTY: boolean) {
	return Object.assign(new PassThrough(), {isTTY});
}

function textOf(written: PassThrough): string {
	return String(written.read() ?? '');
}
