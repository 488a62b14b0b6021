/** Bases of external snapshots that other domains write to now: what one domain's own facts do not show. */
import type {Disk} from '../../model/disk.ts';
import {type Domain, isActive} from '../../model/domain.ts';
import type {Snapshot} from '../../model/snapshot.ts';
import {inUseWords} from '../dependants.ts';

/** A domain that runs on a file itself, with the name that it has for it. */
type Writer = {readonly domain: Domain; readonly file: string};

/** Who runs on which file, by its path and by its device and inode. */
type Writers = ReadonlyMap<string, readonly Writer[]>;

/**
 * The same domains, where the health of their snapshots says so too. One with nothing to say is the same object. Files are told by their
 * paths, and by device and inode as far as they are in a chain of the domain: no file is looked at for it.
 */
export function withUse(domains: readonly Domain[]): readonly Domain[] {
	const writers = writersOf(domains);
	return domains.map(domain => {
		if (!domain.snapshots.some(({kind}) => kind === 'external')) return domain;
		const users = usersOf(domain, writers);
		const snapshots = domain.snapshots.map(snapshot => judgedUse(snapshot, users));
		return snapshots.every((snapshot, index) => snapshot === domain.snapshots[index]) ? domain : {...domain, snapshots};
	});
}

function writersOf(domains: readonly Domain[]): Writers {
	const writers = new Map<string, Writer[]>();
	for (const domain of domains) {
		if (!isActive(domain)) continue;
		for (const {file, fileIds} of domain.disks.flatMap(writtenLayer)) {
			for (const key of [file, ...fileIds]) {
				const known = writers.get(key);
				if (known) known.push({domain, file});
				else writers.set(key, [{domain, file}]);
			}
		}
	}
	return writers;
}

/** One whose image could not be read still runs on it. */
function writtenLayer({readonly, source, chain}: Disk): {readonly file: string; readonly fileIds: readonly string[]}[] {
	if (readonly || source === null) return [];
	return [chain[0] ?? {file: source, fileIds: []}];
}

/** Which other domain runs on a file of this domain, by the name that it has here. */
function usersOf({uuid, disks}: Domain, writers: Writers): (file: string) => Writer | undefined {
	const another = (key: string) => writers.get(key)?.find(({domain}) => domain.uuid !== uuid);
	const ofLayers = new Map<string, Writer>();
	for (const {chain} of disks) {
		for (const {file, fileIds} of chain) {
			for (const id of fileIds) {
				const writer = another(id);
				if (writer) ofLayers.set(file, writer);
			}
		}
	}
	return file => another(file) ?? ofLayers.get(file);
}

/** What else is wrong with it is graver, or says the same. */
function judgedUse(snapshot: Snapshot, users: (file: string) => Writer | undefined): Snapshot {
	if (snapshot.health !== 'ok') return snapshot;
	for (const {kind, source} of snapshot.disks) {
		const writer = kind === 'external' && source !== null ? users(source) : undefined;
		if (!writer) continue;
		const {reason, remedy} = inUseWords(writer.file, writer.domain.name);
		return {...snapshot, health: 'in-use', healthReason: `${reason} ${remedy}`};
	}
	return snapshot;
}
