/** Keeps a view store in step with one libvirt. One reading at a time, so that an older answer never replaces a newer one. */
import pLimit from 'p-limit';
import type {Domain} from '../core/model/domain.ts';
import {completeDomains, type DomainDefinition, readDefinitions, readHeads} from '../inventory/read.ts';
import type {Sources} from '../inventory/sources.ts';
import type {DomainRow, Happening} from '../libvirt/reader.ts';
import {type Known, poll} from './poll.ts';
import type {ViewStore} from './view-store.ts';

export type Synchronizer = {
	/** Read everything; what is known already stays on view meanwhile. `fresh` sets the images' cache aside. */
	readAll(options?: {fresh?: boolean}): Promise<void>;
	readSome(uuids: Iterable<string>, options?: {fresh?: boolean}): Promise<void>;
	/** Look cheaply whether something changed, and read that. True where something had. */
	check(): Promise<boolean>;
	/** The domains that something happened to; empty for one that is not known yet. */
	concernedBy(happening: Happening): string[];
};

/** Domains are read in growing groups: the first screen is complete at once, and hundreds still cost few processes. */
const groupSizes = [16, 64, 256];

// biome-ignore lint/complexity/noExcessiveLinesPerFunction: a factory: its functions are short, and share what it holds
export function createSynchronizer(sources: Sources, store: ViewStore): Synchronizer {
	const known = new Map<string, Known>();
	const exclusively = pLimit(1);

	function domains(): readonly Domain[] {
		return store.view().inventory?.domains ?? [];
	}

	function forget(uuid: string): void {
		known.delete(uuid);
		sources.memory.snapshots.delete(uuid);
	}

	async function readAll(options: {fresh?: boolean} = {}): Promise<void> {
		// Before the first reading there is no cache that could be stale.
		const fresh = options.fresh === true && store.view().inventory !== null;
		if (fresh) sources.memory.host = null;
		const {host, heads} = await readHeads(sources);
		const before = new Map(domains().map(domain => [domain.uuid, domain]));
		const uuids = heads.map(head => head.uuid);
		for (const uuid of known.keys()) if (!uuids.includes(uuid)) forget(uuid);
		store.update({
			host,
			connection: {status: 'connected'},
			domains: heads.map(head => before.get(head.uuid) ?? stub(head)),
			pending: new Set(uuids),
		});
		await readGroups(uuids, {fresh});
	}

	async function readGroups(uuids: readonly string[], options: {fresh?: boolean}): Promise<void> {
		const waiting = new Set(uuids);
		for (let at = 0, group = 0; at < uuids.length; group++) {
			const size = groupSizes[group] ?? groupSizes.at(-1)!;
			const some = uuids.slice(at, at + size);
			for (const uuid of some) waiting.delete(uuid);
			await readGroup(some, waiting, options);
			at += size;
		}
	}

	async function readGroup(
		uuids: readonly string[],
		pending: ReadonlySet<string>,
		options: {fresh?: boolean},
	): Promise<void> {
		const definitions = await readDefinitions(sources.reader, uuids);
		const read = await completeDomains(sources, definitions, options);
		for (const uuid of uuids) known.delete(uuid);
		for (const [index, definition] of definitions.entries())
			known.set(read[index]!.uuid, remember(definition, read[index]!));
		store.update({domains: replace(domains(), uuids, read), pending, connection: {status: 'connected'}});
	}

	async function check(): Promise<boolean> {
		const {changed, gone} = await poll(sources, known);
		if (gone.length > 0) {
			for (const uuid of gone) forget(uuid);
			store.update({domains: replace(domains(), gone, [])});
		}

		await readGroups(changed, {});
		store.update({connection: {status: 'connected'}});
		return changed.length + gone.length > 0;
	}

	return {
		readAll: options => exclusively(() => readAll(options)),
		readSome: (uuids, options = {}) => exclusively(() => readGroups([...uuids], options)),
		check: () => exclusively(check),
		concernedBy: happening =>
			domains()
				.filter(domain => happening.concerns(domain))
				.map(domain => domain.uuid),
	};
}

function remember({names}: DomainDefinition, {name, state, disks}: Domain): Known {
	const files = disks.flatMap(disk => (disk.source?.startsWith('/') ? [disk.source] : []));
	return {head: {name, state}, names, files};
}

/** Put what was read in the place of the old; what was asked for but not found is gone, and what is new stands last. */
function replace(before: readonly Domain[], uuids: readonly string[], read: readonly Domain[]): Domain[] {
	const asked = new Set(uuids);
	const found = new Map(read.map(domain => [domain.uuid, domain]));
	const kept = before.flatMap(domain => {
		const now = asked.has(domain.uuid) ? found.get(domain.uuid) : domain;
		found.delete(domain.uuid);
		return now ?? [];
	});
	return [...kept, ...found.values()];
}

/** A domain of which only name and state are known yet. */
function stub({uuid, name, state}: DomainRow): Domain {
	return {
		uuid,
		name,
		id: null,
		state,
		stateReason: null,
		persistent: true,
		managedSave: state === 'saved',
		savedMemory: null,
		memoryBytes: 0,
		type: '',
		firmware: {kind: 'bios', nvram: null},
		unsavable: [],
		tpm: false,
		agent: 'none',
		disks: [],
		snapshots: [],
		problems: [],
	};
}
