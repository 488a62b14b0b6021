/** Keeps a view store in step with one libvirt. One reading at a time, so that an older answer never replaces a newer one. */
import pLimit from 'p-limit';
import type {Domain} from '../core/model/domain.ts';
import {withUse} from '../core/snapshots/health/in-use.ts';
import {completeDomains, type DomainDefinition, readDefinitions, readHeads} from '../inventory/read.ts';
import type {Sources} from '../inventory/sources.ts';
import type {DomainRow, Happening} from '../libvirt/reader.ts';
import {type Known, poll} from './poll.ts';
import type {ViewStore} from './view-store.ts';

export type Synchronizer = {
	/** Read everything; what is known already stays on view meanwhile. `fresh` sets the images' cache aside. */
	readAll(options?: {fresh?: boolean}): Promise<void>;
	/** Read only which domains there are and in what state. */
	readHeads(): Promise<void>;
	/** A domain that was read; undefined for one of which no more than its head is known. */
	domain(uuid: string): Domain | undefined;
	readSome(uuids: Iterable<string>, options?: {fresh?: boolean}): Promise<void>;
	/** Look cheaply whether something changed, and read that. True where something had. */
	check(): Promise<boolean>;
	/** The domains that something happened to; empty for one that is not known yet. */
	concernedBy(happening: Happening): string[];
};

/** Domains are read in growing groups: the first screen is complete at once, and hundreds still cost few processes. */
const groupSizes = [16, 64, 256];

export function createSynchronizer(sources: Sources, store: ViewStore): Synchronizer {
	const exclusively = pLimit(1);
	const reading = new Reading(sources, store);
	return {
		readAll: options => exclusively(() => reading.all(options)),
		readHeads: async () => void (await exclusively(() => reading.heads())),
		domain: uuid => reading.domain(uuid),
		readSome: (uuids, options = {}) => exclusively(() => reading.groups([...uuids], options)),
		check: () => exclusively(() => reading.check()),
		concernedBy: happening =>
			reading
				.domains()
				.filter(domain => happening.concerns(domain))
				.map(domain => domain.uuid),
	};
}

/** What was read last, and how it is read again; each of its promises has to end before the next begins. */
class Reading {
	readonly #sources: Sources;
	readonly #store: ViewStore;
	readonly #known = new Map<string, Known>();
	/** Domains on view of whose snapshots others say something, as they were read by themselves. */
	readonly #asRead = new WeakMap<Domain, Domain>();

	constructor(sources: Sources, store: ViewStore) {
		this.#sources = sources;
		this.#store = store;
	}

	domains(): readonly Domain[] {
		const shown = this.#store.view().inventory?.domains ?? [];
		return shown.map(domain => this.#asRead.get(domain) ?? domain);
	}

	/** Each with what the others say of it: who starts or stops concerns snapshots of domains that nothing happened to. */
	#together(domains: readonly Domain[]): readonly Domain[] {
		const together = withUse(domains);
		for (const [index, domain] of domains.entries())
			if (together[index] !== domain) this.#asRead.set(together[index]!, domain);
		return together;
	}

	domain(uuid: string): Domain | undefined {
		return this.#known.has(uuid) ? this.domains().find(domain => domain.uuid === uuid) : undefined;
	}

	async all(options: {fresh?: boolean} = {}): Promise<void> {
		// Before the first reading there is no cache that could be stale.
		const fresh = options.fresh === true && this.#store.view().inventory !== null;
		if (fresh) this.#sources.memory.host = null;
		await this.groups(await this.heads(), {fresh});
	}

	/** Gives the UUIDs; what is known of a domain stays on view. */
	async heads(): Promise<readonly string[]> {
		const {host, heads} = await readHeads(this.#sources);
		const before = new Map(this.domains().map(domain => [domain.uuid, domain]));
		const uuids = heads.map(head => head.uuid);
		for (const uuid of this.#known.keys()) if (!uuids.includes(uuid)) this.#forget(uuid);
		this.#store.update({
			host,
			connection: {status: 'connected'},
			domains: this.#together(heads.map(head => before.get(head.uuid) ?? stub(head))),
			pending: new Set(uuids),
		});
		return uuids;
	}

	/** Definitions of a group are asked for while the one before is completed, so that the daemon need not wait for us, nor we for it. */
	async groups(uuids: readonly string[], options: {fresh?: boolean}): Promise<void> {
		let shown: Promise<void> = Promise.resolve();
		try {
			for (let at = 0, group = 0; at < uuids.length; group++) {
				const next = at + (groupSizes[group] ?? groupSizes.at(-1)!);
				const asked = uuids.slice(at, next);
				const definitions = await readDefinitions(this.#sources.reader, asked);
				const before = shown;
				shown = Promise.all([completeDomains(this.#sources, definitions, options), before]).then(([read]) =>
					this.#show({asked, definitions, read, pending: new Set(uuids.slice(next))}),
				);
				// It is waited for in any case.
				shown.catch(() => {});
				await before;
				at = next;
			}
		} finally {
			await shown;
		}
	}

	async check(): Promise<boolean> {
		const {changed, gone} = await poll(this.#sources, this.#known);
		if (gone.length > 0) {
			for (const uuid of gone) this.#forget(uuid);
			this.#store.update({domains: this.#together(replace(this.domains(), gone, []))});
		}

		await this.groups(changed, {});
		this.#store.update({connection: {status: 'connected'}});
		return changed.length + gone.length > 0;
	}

	#show({asked, definitions, read, pending}: Group): void {
		for (const uuid of asked) this.#known.delete(uuid);
		for (const [index, definition] of definitions.entries())
			this.#known.set(read[index]!.uuid, remember(definition, read[index]!));
		const domains = this.#together(replace(this.domains(), asked, read));
		this.#store.update({domains, pending, connection: {status: 'connected'}});
	}

	#forget(uuid: string): void {
		this.#known.delete(uuid);
		this.#sources.memory.snapshots.delete(uuid);
	}
}

/** Domains that are read together; `pending`: those that are still to come. */
type Group = {
	readonly asked: readonly string[];
	readonly definitions: readonly DomainDefinition[];
	readonly read: readonly Domain[];
	readonly pending: ReadonlySet<string>;
};

function remember({names}: DomainDefinition, {name, id, state, disks}: Domain): Known {
	const files = disks.flatMap(disk => (disk.source?.startsWith('/') ? [disk.source] : []));
	return {head: {name, id, state}, names, files};
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
function stub({uuid, name, id, state}: DomainRow): Domain {
	return {
		uuid,
		name,
		id,
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
		retentions: [],
		problems: [],
	};
}
