/** The port's questions over the wire. */
import type {DomainState} from '../../core/model/domain.ts';
import {type DomainRow, type LibvirtReader, orNull, type SnapshotRecords, sortNames} from '../reader.ts';
import type {Connection} from './connection.ts';
import {byState, inOrder, type ListedDomain} from './domain-rows.ts';
import {LostError, RefusedError, UnreachableError} from './failures.ts';
import {listenOver} from './listen.ts';
import {createMemory} from './memory.ts';
import {type Procedure, procedures} from './procedures.ts';
import {blockJobWords, operationWords, stateWords, versionWords} from './words.ts';

/** virDomainXMLFlags; the same bit means passwords for snapshots and saved memory too. */
const xmlFlags = {secure: 1, inactive: 2} as const;

/** virConnectListAllDomainsFlags */
const listFlags = {transient: 8, running: 16, paused: 32, off: 64, managedSave: 256} as const;

/** VIR_DOMAIN_CHECKPOINT_LIST_TOPOLOGICAL */
const topological = 2;

/** VIR_ERR_NO_DOMAIN_SNAPSHOT and VIR_ERR_NO_DOMAIN */
const [noSnapshot, noDomain] = [72, 42];

/** virDomainJobType: those that are under way. */
const underWay = [1, 2];

/** libvirt looks domains up by UUID; the name only stands in its words when there is none. */
const domainOf = (uuid: string) => ({name: uuid, uuid, id: -1});

type Snapshot = {readonly record: SnapshotRecords['records'][number]; readonly problem: string};

/** @param connect a connection that may be asked, the same one as long as it lasts */
// biome-ignore lint/complexity/noExcessiveLinesPerFunction: a factory: its functions are short, and share what it holds
export function wireReader(connect: () => Promise<Connection>): LibvirtReader {
	async function ask<Takes, Gives>(procedure: Procedure<Takes, Gives>, takes: Takes): Promise<Gives> {
		return (await connect()).call(procedure, takes);
	}

	/** What is asked at every look, where nearly always nothing has changed. */
	const lists = createMemory(procedures.domains, ({domains: listed}) => listed);
	const names = createMemory(procedures.snapshots, ({snapshots}) => sortNames(snapshots.map(({name}) => name)));
	const current = createMemory(procedures.currentSnapshot, ({snapshot: {name}}) => name);
	let last: {readonly lists: readonly unknown[]; readonly rows: readonly DomainRow[]} | null = null;

	const list = async (flags: number) => ask(lists(String(flags), {wanted: 1, flags}), null);

	async function state(uuid: string) {
		const answer = await ask(procedures.domainState, {domain: domainOf(uuid), flags: 0});
		return stateWords(answer.state, answer.reason);
	}

	async function domains(): Promise<readonly DomainRow[]> {
		const {managedSave, transient, running, paused, off} = listFlags;
		const read = await Promise.all([0, managedSave, transient, running, paused, off].map(list));
		if (last && read.every((one, index) => one === last!.lists[index])) return last.rows;
		const {rows, sure} = await rowsOf(read);
		last = sure ? {lists: read, rows} : null;
		for (const memory of [names, current]) memory.keep(rows.map(({uuid}) => uuid));
		return rows;
	}

	/** `sure`: the lists alone say it, so that the same lists say the same. */
	async function rowsOf(
		read: readonly (readonly ListedDomain[])[],
	): Promise<{rows: readonly DomainRow[]; sure: boolean}> {
		const [all = [], saved = [], transient = [], running = [], paused = [], off = []] = read;
		const states = byState({running, paused, 'shut off': off});
		const savedOnes = new Set(saved.map(({uuid}) => uuid));
		const transientOnes = new Set(transient.map(({uuid}) => uuid));
		const rows = await Promise.all(
			inOrder(all).map(async ({uuid, name}): Promise<DomainRow> => {
				const managedSave = savedOnes.has(uuid);
				const known: DomainState = states.get(uuid) ?? (await orNull(state(uuid)))?.state ?? 'no state';
				const shown = known === 'shut off' && managedSave ? 'saved' : known;
				return {uuid, name, state: shown, persistent: !transientOnes.has(uuid), managedSave};
			}),
		);
		return {rows, sure: all.every(({uuid}) => states.has(uuid))};
	}

	/** Null where it is gone by now. */
	async function snapshot(uuid: string, name: string, secure: boolean): Promise<Partial<Snapshot> | null> {
		try {
			const flags = secure ? xmlFlags.secure : 0;
			const {xml} = await ask(procedures.snapshotXml, {snapshot: {name, domain: domainOf(uuid)}, flags});
			return {record: {name, xml}};
		} catch (error) {
			if (!(error instanceof RefusedError)) throw error;
			const gone = error.code === noSnapshot || error.code === noDomain;
			return gone ? null : {problem: `snapshot ${name}: ${error.message}`};
		}
	}

	return {
		hostname: async () => (await ask(procedures.hostname, {})).name,
		async versions() {
			const [libvirt, qemu] = await Promise.all([
				ask(procedures.libraryVersion, {}),
				ask(procedures.hypervisorVersion, {}),
			]);
			return {libvirt: versionWords(libvirt.version), qemu: versionWords(qemu.version)};
		},
		capabilities: async () => (await ask(procedures.capabilities, {})).xml.trimEnd(),
		domains,
		state,
		async definition(uuid, {inactive = false, secure = false} = {}) {
			const flags = (inactive ? xmlFlags.inactive : 0) | (secure ? xmlFlags.secure : 0);
			return (await ask(procedures.domainXml, {domain: domainOf(uuid), flags})).xml;
		},
		snapshotNames: uuid => ask(names(uuid, {domain: domainOf(uuid), wanted: 1, flags: 0}), null),
		async currentSnapshot(uuid) {
			try {
				return await ask(current(uuid, {domain: domainOf(uuid), flags: 0}), null);
			} catch (error) {
				if (error instanceof RefusedError && error.code === noSnapshot) return null;
				throw error;
			}
		},
		async snapshots(uuid, names, {secure = false} = {}): Promise<SnapshotRecords> {
			const read = await Promise.all(names.map(name => snapshot(uuid, name, secure)));
			return {
				records: read.flatMap(one => one?.record ?? []),
				problems: read.flatMap(one => one?.problem ?? []),
			};
		},
		async checkpoints(uuid) {
			const question = {domain: domainOf(uuid), wanted: 1, flags: topological};
			return (await ask(procedures.checkpoints, question)).checkpoints.map(({name}) => name);
		},
		async job(uuid) {
			try {
				const {type, values} = await ask(procedures.jobStatistics, {domain: domainOf(uuid), flags: 0});
				if (!underWay.includes(type)) return null;
				const value = Object.fromEntries(values) as Record<string, number | undefined>;
				const {data_total: total, data_remaining: left, operation} = value;
				const progress = total && left !== undefined ? {doneBytes: total - left, totalBytes: total} : null;
				return {operation: operationWords(operation ?? 0), progress};
			} catch (error) {
				if (!(error instanceof RefusedError)) throw error;
				// libvirt 9.0 has no words for a snapshot that it deletes, but says by this error that it does.
				return /invalid job statistics type/.test(error.message) ? {operation: 'operation', progress: null} : null;
			}
		},
		async blockJob(uuid, target) {
			const answer = await orNull(ask(procedures.blockJob, {domain: domainOf(uuid), disk: target, flags: 0}));
			if (!answer?.found) return null;
			const progress = {doneBytes: answer.current, totalBytes: answer.end};
			return {type: blockJobWords(answer.type), progress};
		},
		blockInfo: (uuid, target) => ask(procedures.blockInfo, {domain: domainOf(uuid), disk: target, flags: 0}),
		async volumeXml(wanted) {
			const volume = 'path' in wanted ? await volumeAt(wanted.path) : await volumeIn(wanted.pool, wanted.name);
			return (await ask(procedures.volumeXml, {volume, flags: 0})).xml;
		},
		async poolXml(name) {
			const {pool} = await ask(procedures.poolByName, {name});
			return (await ask(procedures.poolXml, {pool, flags: 0})).xml;
		},
		async savedXml(file, {secure = false} = {}) {
			return (await ask(procedures.saveImageXml, {file, flags: secure ? xmlFlags.secure : 0})).xml;
		},
		async monitor(uuid, command) {
			const question = {domain: domainOf(uuid), command: JSON.stringify(command), flags: 0};
			return (await ask(procedures.monitorCommand, question)).answer;
		},
		async listen(signal, onHappening) {
			try {
				return await listenOver(await connect(), signal, onHappening);
			} catch (error) {
				if (error instanceof LostError && !(error instanceof UnreachableError)) return error.message;
				throw error;
			}
		},
	};

	async function volumeIn(poolName: string, name: string) {
		const {pool} = await ask(procedures.poolByName, {name: poolName});
		return (await ask(procedures.volumeByName, {pool, name})).volume;
	}

	/** By its path; of pools that have none, by its key. */
	async function volumeAt(path: string) {
		const found = await orNull(ask(procedures.volumeByPath, {path}));
		return (found ?? (await ask(procedures.volumeByKey, {key: path}))).volume;
	}
}
