/** Numbers of libvirt in virsh's words (virsh(1), "list", "domstate", "domjobinfo", "blockjob"). */
import type {DomainState} from '../../../core/model/domain.ts';

/** By virDomainState. */
const states: readonly DomainState[] = [
	'no state',
	'running',
	'idle',
	'paused',
	'in shutdown',
	'shut off',
	'crashed',
	'pmsuspended',
];

/** By the enumeration of reasons that each state has. */
const reasons: Partial<Record<DomainState, readonly string[]>> = {
	running: [
		'unknown',
		'booted',
		'migrated',
		'restored',
		'from snapshot',
		'unpaused',
		'migration canceled',
		'save canceled',
		'event wakeup',
		'crashed',
		'post-copy',
		'post-copy failed',
	],
	paused: [
		'unknown',
		'user',
		'migrating',
		'saving',
		'dumping',
		'I/O error',
		'watchdog',
		'from snapshot',
		'shutting down',
		'creating snapshot',
		'crashed',
		'starting up',
		'post-copy',
		'post-copy failed',
		'api error',
	],
	'in shutdown': ['unknown', 'user'],
	'shut off': ['unknown', 'shutdown', 'destroyed', 'crashed', 'migrated', 'saved', 'failed', 'from snapshot', 'daemon'],
	crashed: ['unknown', 'panicked'],
};

/** By virDomainJobOperation. */
const operations = [
	'Unknown',
	'Start',
	'Save',
	'Restore',
	'Incoming migration',
	'Outgoing migration',
	'Snapshot',
	'Snapshot revert',
	'Dump',
	'Backup',
	'Snapshot delete',
];

/** By virDomainBlockJobType. */
const blockJobs = ['Unknown job', 'Block Pull', 'Block Copy', 'Block Commit', 'Active Block Commit', 'Backup'];

export function stateWords(state: number, reason: number): {state: DomainState; reason: string} {
	const word = states[state] ?? 'no state';
	return {state: word, reason: reasons[word]?.[reason] ?? 'unknown'};
}

export const operationWords = (operation: number) => operations[operation] ?? 'Unknown';
export const blockJobWords = (type: number) => blockJobs[type] ?? 'Unknown job';

/** libvirt packs a version into one number: a million for each major one, a thousand for each minor one. */
export function versionWords(version: number): string {
	return `${Math.floor(version / 1_000_000)}.${Math.floor(version / 1000) % 1000}.${version % 1000}`;
}
