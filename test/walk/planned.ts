/** What a plan leaves behind, by its own word and the model's: how the walk knows what ought to be there after it. */

import type {Domain} from '../../source/core/model/domain.ts';
import type {DeleteIntent, Intent} from '../../source/core/model/intent.ts';
import type {Plan} from '../../source/core/model/plan.ts';
import {type Clone, type Model, type Part, presentParts, withoutSnapshots, withSnapshot} from './model.ts';
import type {Contents, Stage} from './stage.ts';

/** What has to be looked up before the plan runs, since the files may be gone or others after it. */
type Before = {readonly domain: Domain; readonly layersAfter: ReadonlyMap<string, number>};

export async function before(plan: Plan, domain: Domain, model: Model, stage: Stage): Promise<Before> {
	if (plan.verb === 'revert') return {domain, layersAfter: await layersAfterRevert(plan, domain, model, stage)};
	if (plan.verb === 'delete') return {domain, layersAfter: layersAfterDelete(plan, domain, model)};
	return {domain, layersAfter: model.layers};
}

/** The model after a plan that was carried out and verified. */
export function after(plan: Plan, intent: Intent, model: Model, known: Before, now: Domain): Model {
	switch (intent.verb) {
		case 'create':
			return withState(plan, afterCreate(plan, model, known.domain, plan.tag!));
		case 'revert':
			return withState(plan, afterRevert(plan, model, known, now));
		case 'delete':
			return {...afterDelete(plan, intent, model, known.domain), layers: known.layersAfter};
		case 'save': {
			const {file} = intent;
			const saved = withState(plan, {...model, resumesAs: model.state});
			if (file === undefined) return saved;
			return {...saved, saves: new Map([...model.saves, [file, {state: model.state, contents: model.contents}]])};
		}

		case 'restore': {
			// It changes no disk: what they held then they have to hold still.
			const {state, contents} = model.saves.get(intent.file ?? '') ?? {...model, state: model.resumesAs};
			return {...model, contents, state: intent.afterwards ?? state};
		}

		case 'drop':
			return {...withState(plan, model), saves: new Map([...model.saves].filter(([file]) => file !== intent.file))};
		case 'clone':
			return {...model, clones: new Map([...model.clones, [intent.name, cloneOf(plan, model, known.domain)]])};
		default:
			return withState(plan, model);
	}
}

function cloneOf(plan: Plan, model: Model, {disks}: Domain): Clone {
	const files = plan.expect.flatMap(expectation => (expectation.kind === 'file' ? [expectation.file] : []));
	return disks.map(({target, source}, index) => ({
		file: files[index]!,
		base: source!,
		contents: model.contents.get(target)!,
	}));
}

function withState(plan: Plan, model: Model): Model {
	if (plan.expect.some(({kind}) => kind === 'active')) return {...model, state: model.resumesAs};
	const last = plan.expect.findLast(expectation => expectation.kind === 'state');
	return last ? {...model, state: last.state} : model;
}

function afterCreate(plan: Plan, model: Model, domain: Domain, tag: string): Model {
	const external = plan.method!.startsWith('external');
	const libvirt = external || plan.method === 'libvirt-internal';
	const parts = presentParts(model, domain);
	const made = withSnapshot(model, {tag, kind: external ? 'external' : 'internal', libvirt, replaced: false, parts});
	return external ? {...made, layers: new Map([...model.layers].map(([target, count]) => [target, count + 1]))} : made;
}

function afterRevert(plan: Plan, model: Model, known: Before, now: Domain): Model {
	const {parts} = model.snapshots.get(plan.tag!)!;
	const held = [...parts].map(([target, part]): [string, Contents] => [target, part.contents!]);
	const safe = withSafety(plan, model, known.domain, now);
	return {...safe, contents: new Map([...model.contents, ...held]), layers: known.layersAfter};
}

/** A revert may begin with a snapshot of what it leaves. */
function withSafety(plan: Plan, model: Model, domain: Domain, now: Domain): Model {
	const tags = plan.expect.flatMap(expectation => (expectation.kind === 'snapshot' ? [expectation.tag] : []));
	const tag = tags.find(candidate => !model.snapshots.has(candidate));
	const made = now.snapshots.find(snapshot => snapshot.tag === tag);
	if (tag === undefined || !made) return model;
	const kind = made.kind === 'external' ? 'external' : 'internal';
	const parts: Map<string, Part> = presentParts(model, domain);
	return withSnapshot(model, {tag, kind, libvirt: made.libvirt, replaced: false, parts});
}

/** An external snapshot is gone back to on a new overlay of what it stands on; an internal one in the image that it is inside of. */
async function layersAfterRevert(plan: Plan, domain: Domain, model: Model, stage: Stage): Promise<Map<string, number>> {
	const layers = new Map(model.layers);
	const snapshot = domain.snapshots.find(candidate => candidate.tag === plan.tag)!;
	for (const part of snapshot.disks)
		if (part.kind === 'external') layers.set(part.target, 1 + (await stage.layersOf(part.source!)));
		else layers.set(part.target, await stage.layersOf(part.file!));
	return layers;
}

/** One layer less for each snapshot whose overlay, or another one on its base, is in use: that goes into the base. */
function layersAfterDelete(plan: Plan, domain: Domain, model: Model): Map<string, number> {
	const layers = new Map(model.layers);
	const gone = domain.snapshots.filter(({tag}) =>
		plan.expect.some(one => one.kind === 'no-snapshot' && one.tag === tag),
	);
	const recordOnly = plan.steps.every(step => step.argv.includes('--metadata'));
	if (recordOnly) return layers;
	for (const {tag, disks} of gone) {
		for (const part of disks) {
			const disk = domain.disks.find(candidate => candidate.target === part.target)!;
			const inChain = disk.chain.some(image => image.file === part.file);
			const used = inChain || (tag === plan.tag && commits(plan, disk.source!, part.target));
			if (part.kind === 'external' && used) layers.set(part.target, layers.get(part.target)! - 1);
		}
	}

	return layers;
}

function commits(plan: Plan, file: string, target: string): boolean {
	return plan.steps.some(
		({argv}) =>
			(argv.includes('blockcommit') && argv.includes(`--path=${target}`)) ||
			(argv[0] === 'qemu-img' && argv[1] === 'commit' && argv.includes(file)),
	);
}

function afterDelete(plan: Plan, intent: DeleteIntent, model: Model, domain: Domain): Model {
	const gone = plan.expect.flatMap(expectation => (expectation.kind === 'no-snapshot' ? [expectation.tag] : []));
	if (!intent.metadataOnly) return withoutSnapshots(model, gone);
	const named = intent.children ? [plan.tag!, ...descendants(domain, plan.tag!)] : [plan.tag!];
	const forgotten = named.flatMap(tag => model.snapshots.get(tag) ?? []);
	const left = forgotten.filter(
		({kind, parts}) => kind === 'internal' && [...parts.values()].some(part => part.contents !== null),
	);
	return left.reduce(
		(result, snapshot) => withSnapshot(result, {...snapshot, libvirt: false, replaced: false}),
		withoutSnapshots(model, named),
	);
}

function descendants(domain: Domain, tag: string): string[] {
	const children = domain.snapshots.filter(snapshot => snapshot.parent === tag).map(snapshot => snapshot.tag);
	return children.flatMap(child => [child, ...descendants(domain, child)]);
}
