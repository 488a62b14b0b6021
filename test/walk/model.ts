/** What the world ought to be like: small enough to be believed, and compared with the real one after each operation. */
import type {Domain, DomainState} from '../../source/core/model/domain.ts';
import type {Health} from '../../source/core/model/snapshot.ts';
import {blank, type Contents, type Stage} from './stage.ts';

/** One disk's part of a snapshot: `file` held it when it was made; `contents` is null where it was taken away by hand. */
export type Part = {readonly file: string; readonly contents: Contents | null};

export type ModelSnapshot = {
	readonly tag: string;
	readonly kind: 'internal' | 'external';
	/** Whether libvirt has a record of it. */
	readonly libvirt: boolean;
	/** A `savevm` by hand took the place of what libvirt recorded; it may be too short after to be told. */
	readonly replaced: boolean;
	readonly parts: ReadonlyMap<string, Part>;
};

/** Memory in a file of its own, and what the disks held when it was written. */
type SavedMemory = {readonly state: DomainState; readonly contents: ReadonlyMap<string, Contents>};

/** A linked clone: its overlays, the images that they stand on, and what it has to hold as long as it is there. */
export type Clone = readonly {readonly file: string; readonly base: string; readonly contents: Contents}[];

export type Model = {
	readonly state: DomainState;
	/** What saved memory comes back as. */
	readonly resumesAs: DomainState;
	readonly contents: ReadonlyMap<string, Contents>;
	/** How many images each disk is made of. */
	readonly layers: ReadonlyMap<string, number>;
	readonly snapshots: ReadonlyMap<string, ModelSnapshot>;
	readonly saves: ReadonlyMap<string, SavedMemory>;
	readonly clones: ReadonlyMap<string, Clone>;
};

export function freshModel(targets: readonly string[]): Model {
	return {
		state: 'shut off',
		resumesAs: 'running',
		contents: new Map(targets.map(target => [target, blank])),
		layers: new Map(targets.map(target => [target, 1])),
		snapshots: new Map(),
		saves: new Map(),
		clones: new Map(),
	};
}

export function withSnapshot(model: Model, snapshot: ModelSnapshot): Model {
	return {...model, snapshots: new Map([...model.snapshots, [snapshot.tag, snapshot]])};
}

export function withoutSnapshots(model: Model, tags: readonly string[]): Model {
	return {...model, snapshots: new Map([...model.snapshots].filter(([tag]) => !tags.includes(tag)))};
}

/** Parts of the disks as they are now, in the files they run on. */
export function presentParts(model: Model, domain: Domain, targets = [...model.contents.keys()]): Map<string, Part> {
	return new Map(
		targets.map(target => [
			target,
			{
				file: domain.disks.find(disk => disk.target === target)!.source!,
				contents: model.contents.get(target)!,
			},
		]),
	);
}

/** One sentence for each thing that is not as the model has it. */
export async function divergences(model: Model, domain: Domain, stage: Stage): Promise<string[]> {
	const state = domain.state === 'idle' ? 'running' : domain.state;
	if (domain.id !== null) await stage.flush();
	return [
		...(state === model.state ? [] : [`state: ${state}, and not ${model.state}`]),
		...domain.problems.map(problem => `problem: ${problem}`),
		...(await diskDivergences(model, domain, stage)),
		...listDivergences(model, domain),
		...(await dataDivergences(model, domain, stage)),
		...(await cloneDivergences(model, stage)),
	];
}

/** Whatever is done to its base, a clone goes on holding what it held. */
async function cloneDivergences({clones}: Model, stage: Stage): Promise<string[]> {
	const found: string[] = [];
	for (const {file, contents} of [...clones.values()].flat()) {
		const held = await stage.contentsOf(file).catch((error: unknown) => String(error).split('\n')[0]!);
		if (typeof held === 'string') found.push(`clone on ${file}: ${held}`);
		else if (!same(held, contents)) found.push(`clone on ${file}: holds ${held}, and not ${contents}`);
	}

	return found;
}

/** Images that a clone stands on: whoever writes to them past the product spoils it. */
export function clonedImages({clones}: Model): Set<string> {
	return new Set([...clones.values()].flat().map(({base}) => base));
}

async function diskDivergences(model: Model, domain: Domain, stage: Stage): Promise<string[]> {
	const found: string[] = [];
	for (const disk of domain.disks) {
		if (disk.unreadable) found.push(`${disk.target}: ${disk.unreadable.reason}`);
		const layers = model.layers.get(disk.target);
		if (disk.chain.length !== layers) found.push(`${disk.target}: ${disk.chain.length} layers, and not ${layers}`);
		const contents = await stage.contentsOf(disk.source!);
		const wanted = model.contents.get(disk.target)!;
		if (!same(contents, wanted)) found.push(`${disk.target} holds ${contents}, and not ${wanted}`);
	}

	return found;
}

function listDivergences(model: Model, domain: Domain): string[] {
	const found = new Map(domain.snapshots.map(snapshot => [snapshot.tag, snapshot]));
	const wanted = [...model.snapshots.values()].map(snapshot => ({
		snapshot,
		health: healthOf(snapshot, domain),
	}));
	const listed = wanted.filter(({health}) => health.length > 0);
	return [
		...listed.flatMap(({snapshot, health}) => {
			const real = found.get(snapshot.tag);
			if (!real) return [`${snapshot.tag} is not listed`];
			const worse = health.includes(real.health)
				? []
				: [`${real.tag} is ${real.health}, and not ${health.join(' or ')}: ${real.healthReason}`];
			return real.libvirt === snapshot.libvirt
				? worse
				: [...worse, `${real.tag}: libvirt ${real.libvirt ? 'has' : 'lacks'} it`];
		}),
		...[...found.keys()]
			.filter(tag => !listed.some(({snapshot}) => snapshot.tag === tag))
			.map(tag => `${tag} is listed`),
		...(found.size === domain.snapshots.length ? [] : ['a tag is listed twice']),
	];
}

/** The healths that would be right; none where nobody can know of the snapshot. */
function healthOf(snapshot: ModelSnapshot, domain: Domain): readonly Health[] {
	const parts = [...snapshot.parts];
	const inChain = ([target, {file}]: [string, Part]) =>
		domain.disks.some(disk => disk.target === target && disk.chain.some(image => image.file === file));
	if (!snapshot.libvirt) {
		const visible = parts.filter(part => part[1].contents !== null && inChain(part));
		if (visible.length === 0) return [];
		return visible.length < domain.disks.length ? ['partial'] : ['unmanaged'];
	}

	const gone = parts.filter(part => part[1].contents === null && (snapshot.kind === 'external' || inChain(part)));
	// In an overlay that a revert has left, where nobody looks while the domain runs on another one.
	const aside = snapshot.kind === 'internal' && parts.some(part => !inChain(part));
	if (aside) return gone.length > 0 ? ['unchecked', 'partial'] : ['unchecked'];
	// A base that was committed into by hand gives itself away only while the domain runs on it.
	const told = gone.filter(
		([target, {file}]) =>
			snapshot.kind === 'internal' || domain.disks.some(disk => disk.target === target && disk.source === file),
	);
	const hidden: Health[] = told.length < gone.length ? ['ok', 'partial'] : [];
	if (gone.length === parts.length) return ['orphaned', ...hidden];
	if (gone.length > 0) return ['partial', ...hidden];
	return snapshot.replaced ? ['ok', 'replaced'] : ['ok'];
}

/** Whether each snapshot still holds what it was taken for, read out of the images themselves. */
async function dataDivergences(model: Model, domain: Domain, stage: Stage): Promise<string[]> {
	const found: string[] = [];
	for (const snapshot of model.snapshots.values()) {
		const real = domain.snapshots.find(candidate => candidate.tag === snapshot.tag);
		for (const [target, {contents}] of snapshot.parts) {
			const part = real?.disks.find(candidate => candidate.target === target);
			if (!part || contents === null) continue;
			const held = await (snapshot.kind === 'external'
				? stage.contentsOf(part.source!)
				: stage.snapshotContents(part.file!, snapshot.tag)
			).catch((error: unknown) => String(error).split('\n')[0]!);
			if (typeof held === 'string') found.push(`${snapshot.tag}, ${target}: ${held}`);
			else if (!same(held, contents)) found.push(`${snapshot.tag}, ${target}: holds ${held}, and not ${contents}`);
		}
	}

	return found;
}

function same(one: Contents, other: Contents): boolean {
	return one.length === other.length && one.every((byte, index) => byte === other[index]);
}
