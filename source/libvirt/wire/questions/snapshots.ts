/** Questions about the snapshots and checkpoints of a domain. */
import {type LibvirtReader, type SnapshotRecords, sortNames} from '../../reader.ts';
import {RefusedError} from '../failures.ts';
import {procedures} from '../procedures.ts';
import {type AskDaemon, domainByUuid, xmlFlags} from './ask.ts';
import {createMemory} from './memory.ts';

/** VIR_DOMAIN_CHECKPOINT_LIST_TOPOLOGICAL */
const topological = 2;

/** VIR_ERR_NO_DOMAIN_SNAPSHOT and VIR_ERR_NO_DOMAIN */
const [noSnapshot, noDomain] = [72, 42];

type Snapshot = {readonly record: SnapshotRecords['records'][number]; readonly problem: string};

type SnapshotQuestions = Pick<LibvirtReader, 'snapshotNames' | 'currentSnapshot' | 'snapshots' | 'checkpoints'>;

/** What the daemon tells of them, and the way to forget answers about all domains but these. */
export function wireSnapshots(ask: AskDaemon): SnapshotQuestions & {keep(uuids: readonly string[]): void} {
	// Asked at every look, where nearly always nothing has changed.
	const names = createMemory(procedures.snapshots, ({snapshots}) => sortNames(snapshots.map(({name}) => name)));
	const current = createMemory(procedures.currentSnapshot, ({snapshot: {name}}) => name);
	return {
		keep(uuids) {
			for (const memory of [names, current]) memory.keep(uuids);
		},
		snapshotNames: uuid => ask(names(uuid, {domain: domainByUuid(uuid), wanted: 1, flags: 0}), null),
		async currentSnapshot(uuid) {
			try {
				return await ask(current(uuid, {domain: domainByUuid(uuid), flags: 0}), null);
			} catch (error) {
				if (error instanceof RefusedError && error.code === noSnapshot) return null;
				throw error;
			}
		},
		async snapshots(uuid, names, {secure = false} = {}): Promise<SnapshotRecords> {
			const read = await Promise.all(names.map(name => snapshot(ask, uuid, name, secure)));
			return {
				records: read.flatMap(one => one?.record ?? []),
				problems: read.flatMap(one => one?.problem ?? []),
			};
		},
		async checkpoints(uuid) {
			const question = {domain: domainByUuid(uuid), wanted: 1, flags: topological};
			return (await ask(procedures.checkpoints, question)).checkpoints.map(({name}) => name);
		},
	};
}

/** Null where it is gone by now. */
async function snapshot(
	ask: AskDaemon,
	uuid: string,
	name: string,
	secure: boolean,
): Promise<Partial<Snapshot> | null> {
	try {
		const flags = secure ? xmlFlags.secure : 0;
		const {xml} = await ask(procedures.snapshotXml, {snapshot: {name, domain: domainByUuid(uuid)}, flags});
		return {record: {name, xml}};
	} catch (error) {
		if (!(error instanceof RefusedError)) throw error;
		const gone = error.code === noSnapshot || error.code === noDomain;
		return gone ? null : {problem: `snapshot ${name}: ${error.message}`};
	}
}
