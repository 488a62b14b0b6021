/** What people and other programs do to a domain past the product, and what the world is like after it. */
import type {Domain} from '../../source/core/model/domain.ts';
import {clonedImages, type Model, type ModelSnapshot, presentParts, withoutSnapshots, withSnapshot} from './model.ts';
import type {Random} from './random.ts';
import type {Stage} from './stage.ts';

/** One act: what it is called, what it runs, and the model after it went well. Null where there is nothing to do it to. */
type ByHand = {readonly what: string; readonly run: () => Promise<unknown>; readonly after: Model} | null;

type Act = (stage: Stage, model: Model, domain: Domain, random: Random, tag: string) => ByHand;

const active = (model: Model) => model.state === 'running' || model.state === 'paused';
const off = (model: Model) => model.state === 'shut off';

function internal(tag: string, libvirt: boolean, model: Model, domain: Domain, targets?: string[]): ModelSnapshot {
	return {tag, kind: 'internal', libvirt, replaced: false, parts: presentParts(model, domain, targets)};
}

function sourceOf(domain: Domain, target: string): string {
	return domain.disks.find(disk => disk.target === target)!.source!;
}

/** Tags of which every part lies in an active layer. */
function onTop(model: Model, domain: Domain): ModelSnapshot[] {
	return [...model.snapshots.values()].filter(
		({kind, parts}) =>
			kind === 'internal' &&
			parts.size === domain.disks.length &&
			[...parts].every(([target, part]) => part.contents !== null && part.file === sourceOf(domain, target)),
	);
}

/** The parts of internal snapshots that lie in these files are gone. */
function withoutParts(model: Model, tag: string, files: readonly string[]): Model {
	const snapshot = model.snapshots.get(tag)!;
	const parts = new Map(
		[...snapshot.parts].map(([target, part]) => [target, files.includes(part.file) ? {...part, contents: null} : part]),
	);
	const empty = [...parts.values()].every(part => part.contents === null);
	return empty && !snapshot.libvirt ? withoutSnapshots(model, [tag]) : withSnapshot(model, {...snapshot, parts});
}

const acts: Readonly<Record<string, Act>> = {
	'virsh snapshot-create-as': (stage, model, domain, _random, tag) => ({
		what: tag,
		run: () => stage.virsh('snapshot-create-as', '--name', tag),
		after: withSnapshot(model, internal(tag, true, model, domain)),
	}),

	// Not while its memory is saved: libvirt takes it, and the next start goes on without the overlay (verified on 9.0 and 11.3).
	'virsh snapshot-create-as --disk-only': (stage, model, domain, _random, tag) =>
		model.state === 'saved'
			? null
			: {
					what: tag,
					run: () => stage.virsh('snapshot-create-as', '--name', tag, '--disk-only', '--atomic'),
					after: {
						...withSnapshot(model, {...internal(tag, true, model, domain), kind: 'external'}),
						layers: new Map([...model.layers].map(([target, layers]) => [target, layers + 1])),
					},
				},

	savevm: (stage, model, domain, _random, tag) =>
		active(model)
			? {
					what: tag,
					run: () => silently(stage.monitor(`savevm ${tag}`)),
					after: withSnapshot(model, internal(tag, false, model, domain)),
				}
			: null,

	'savevm onto a tag': (stage, model, domain, random) => {
		const tags = onTop(model, domain);
		if (!active(model) || tags.length === 0) return null;
		const snapshot = random.pick(tags);
		return {
			what: snapshot.tag,
			run: () => silently(stage.monitor(`savevm ${snapshot.tag}`)),
			after: withSnapshot(model, {...snapshot, replaced: snapshot.libvirt, parts: presentParts(model, domain)}),
		};
	},

	delvm: (stage, model, domain, random) => {
		const tags = onTop(model, domain);
		if (!active(model) || tags.length === 0) return null;
		const {tag, parts} = random.pick(tags);
		const files = [...parts.values()].map(part => part.file);
		return {
			what: tag,
			run: () => silently(stage.monitor(`delvm ${tag}`)),
			after: withoutParts(model, tag, files),
		};
	},

	'qemu-img snapshot -c, one disk': (stage, model, domain, random, tag) => {
		const disk = random.pick(domain.disks);
		if (!off(model) || disk.format !== 'qcow2') return null;
		return {
			what: `${tag} in ${disk.target}`,
			run: () => stage.qemuImg('snapshot', '-c', tag, disk.source!),
			after: withSnapshot(model, internal(tag, false, model, domain, [disk.target])),
		};
	},

	'qemu-img snapshot -d, one disk': (stage, model, domain, random) => {
		const tags = onTop(model, domain);
		if (!off(model) || tags.length === 0) return null;
		const {tag, parts} = random.pick(tags);
		const {file} = random.pick([...parts.values()]);
		return {
			what: `${tag} in ${file}`,
			run: () => stage.qemuImg('snapshot', '-d', tag, file),
			after: withoutParts(model, tag, [file]),
		};
	},

	'virsh blockcommit': (stage, model, domain, random) => {
		const deep = domain.disks.filter(disk => disk.chain.length > 1);
		if (!active(model) || deep.length === 0) return null;
		const disk = random.pick(deep);
		const base = disk.chain[1]!.file;
		// What stands on the base beside the chain is spoilt as well, which nobody can see: not walked into.
		const beside = domain.snapshots.flatMap(({disks}) => disks.map(part => part.source ?? part.file));
		const files = domain.disks.flatMap(({chain}) => chain.map(image => image.file));
		if (beside.some(file => file !== null && !files.includes(file)) || clonedImages(model).has(base)) return null;
		return {
			what: `${disk.target} into ${base}`,
			run: () => stage.virsh('blockcommit', '--path', disk.target, '--active', '--shallow', '--pivot', '--wait'),
			after: afterCommit(model, disk.target, {base, left: disk.chain[0]!.file}),
		};
	},

	'virsh managedsave': (stage, model) =>
		active(model)
			? {what: '', run: () => stage.virsh('managedsave'), after: {...model, state: 'saved', resumesAs: model.state}}
			: null,

	'virsh managedsave-remove': (stage, model) =>
		model.state === 'saved'
			? {what: '', run: () => stage.virsh('managedsave-remove'), after: {...model, state: 'shut off'}}
			: null,

	'virsh undefine of a clone': (stage, model, _domain, random) => {
		if (model.clones.size === 0) return null;
		const [name, clone] = random.pick([...model.clones]);
		return {
			what: name,
			run: () =>
				stage.removeClone(
					name,
					clone.map(({file}) => file),
				),
			after: {...model, clones: new Map([...model.clones].filter(([other]) => other !== name))},
		};
	},

	// Not where another snapshot was taken on its overlay: libvirt then writes a wrong base into that one's record, which can only be
	// told while the overlay is in use (test/stories/external-chain.test.ts).
	'virsh snapshot-delete --metadata': (stage, model, domain, random) => {
		const bases = [...model.snapshots.values()].flatMap(({parts}) => [...parts.values()].map(({file}) => file));
		const misleads = (tag: string) =>
			domain.snapshots.some(
				real => real.tag === tag && real.disks.some(({kind, file}) => kind === 'external' && bases.includes(file!)),
			);
		const known = [...model.snapshots.values()].filter(({libvirt, tag}) => libvirt && !misleads(tag));
		if (known.length === 0) return null;
		const snapshot = random.pick(known);
		const left = [...snapshot.parts.values()].some(part => part.contents !== null);
		return {
			what: snapshot.tag,
			run: () => stage.virsh('snapshot-delete', '--snapshotname', snapshot.tag, '--metadata'),
			after:
				snapshot.kind === 'internal' && left
					? withSnapshot(model, {...snapshot, libvirt: false, replaced: false})
					: withoutSnapshots(model, [snapshot.tag]),
		};
	},
};

/**
 * The base now holds what the overlay held: the snapshots whose data it was have lost it. One inside the overlay that is left reads what it
 * does not hold itself from the base, which the domain writes to from now on.
 */
function afterCommit(model: Model, target: string, {base, left}: {base: string; left: string}): Model {
	const snapshots = [...model.snapshots.values()].map((snapshot): [string, ModelSnapshot] => {
		const part = snapshot.parts.get(target);
		if (part?.file !== (snapshot.kind === 'external' ? base : left)) return [snapshot.tag, snapshot];
		return [snapshot.tag, {...snapshot, parts: new Map([...snapshot.parts, [target, {...part, contents: null}]])}];
	});
	const layers = new Map([...model.layers, [target, model.layers.get(target)! - 1]]);
	return {...model, snapshots: new Map(snapshots), layers};
}

export const actNames = Object.keys(acts);

export function actByHand(name: string, ...rest: Parameters<Act>): ByHand {
	return acts[name]!(...rest);
}

/** QEMU's monitor says nothing where all went well. */
async function silently(answer: Promise<string>): Promise<void> {
	const words = await answer;
	if (words !== '') throw new Error(words);
}
