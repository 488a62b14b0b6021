/** Snapshots that somebody has protected: no plan deletes them, or what they need. */
import type {Does} from '../../model/does.ts';
import type {Domain} from '../../model/domain.ts';
import type {Facts, Kept} from '../../model/facts.ts';
import {sameFile} from '../../model/files.ts';
import type {Outcome, Plan} from '../../model/plan.ts';
import {type Refusal, refuse} from '../../model/refusal.ts';
import type {Snapshot} from '../../model/snapshot.ts';
import {byVirsnap} from '../../steps/hints.ts';
import {remedy} from '../../words/remedy.ts';
import {t} from '../../words/text.ts';

/** Why none of these may be deleted, by whatever method; null where all may. */
export function protectedRefusal({name, uuid}: Domain, snapshots: readonly Snapshot[]): Refusal | null {
	const found = snapshots.find(snapshot => snapshot.protected);
	return found ? refusal({name, uuid}, found.tag, t`The snapshot ${found.tag} is protected.`) : null;
}

/** The outcome, refused where its plan would take away what a protected snapshot needs. */
export function withinProtection(facts: Facts, outcome: Outcome): Outcome {
	if ('refusal' in outcome) return outcome;
	const refused = needed(facts, outcome.plan);
	return refused ? {refusal: refused} : outcome;
}

function needed(facts: Facts, plan: Plan): Refusal | null {
	const {domain, kept} = facts;
	const gone = new Set(
		plan.expect.flatMap(one =>
			one.kind === 'no-snapshot' && one.as === undefined && one.libvirt === undefined ? [one.tag] : [],
		),
	);
	const [leaving, staying] = Array.from([true, false], goes =>
		domain.snapshots.filter(({tag}) => gone.has(tag) === goes),
	);
	const deleted = protectedRefusal(domain, leaving!);
	if (deleted) return deleted;
	for (const {does} of plan.steps) {
		const removed = removedBy(does, domain);
		const touched = [...removed, ...mergedBy(does, domain)];
		for (const owner of staying!.filter(snapshot => snapshot.protected)) {
			const file = [
				...touched.filter(one => basesOf(owner).includes(one)),
				...removed.filter(one => holdersOf(owner).includes(one)),
			][0];
			if (file !== undefined)
				return refusal(domain, owner.tag, t`The protected snapshot ${owner.tag} needs ${file} as it is.`);
		}
		for (const overlay of kept.filter(({file}) => removed.includes(file))) {
			const held = heldIn(facts, overlay);
			if (held) return refusal(held, held.tag, t`The snapshot ${held.tag}, which would go as well, is protected.`);
		}
	}
	return null;
}

/** A protected snapshot in an overlay that no disk uses, of whichever domain has it: a clone stands on the files of another one. */
function heldIn(facts: Facts, {below, snapshots}: Kept): (Pick<Domain, 'name' | 'uuid'> & {tag: string}) | null {
	const {domain, domains} = facts;
	const standsThere = ({disks}: Domain) =>
		disks.some(({chain}) => chain.some(({file}) => below.some(one => sameFile(facts, one, file))));
	const others = domains.filter(one => one.uuid !== domain.uuid && standsThere(one));
	for (const {name, uuid, retentions} of [domain, ...others]) {
		const held = retentions.find(one => one.protected && snapshots.includes(one.tag));
		if (held) return {name, uuid, tag: held.tag};
	}
	return null;
}

/** Layers that a step merges: what goes into another one, and what takes it in. */
function mergedBy(does: Does, {snapshots}: Domain): string[] {
	const files = (): (string | null)[] => {
		if (does.kind === 'merge') return [does.overlay, does.base];
		if (does.kind === 'live-merge') return [does.top, does.base];
		if (does.kind !== 'delete-snapshot') return [];
		const parts = snapshots.filter(({tag}) => tag === does.tag).flatMap(({disks}) => disks);
		return parts.flatMap(({kind, file, source}) => (kind === 'external' ? [file, source] : []));
	};
	return files().filter(file => file !== null);
}

/** Files that go: libvirt removes the overlays of a snapshot with it, also where they hold snapshots that it does not know. */
function removedBy(does: Does, {snapshots}: Domain): string[] {
	if (does.kind === 'remove-file') return [does.file];
	if (does.kind !== 'delete-snapshot') return [];
	const parts = snapshots.filter(({tag}) => tag === does.tag).flatMap(({disks}) => disks);
	return parts.flatMap(({kind, file}) => (kind === 'external' && file !== null ? [file] : []));
}

/** What an external snapshot goes back to. */
const basesOf = ({disks}: Snapshot): (string | null)[] =>
	disks.flatMap(({kind, source}) => (kind === 'external' ? [source] : []));

/** Files without which there is nothing to go back to. */
const holdersOf = ({disks, memoryFile}: Snapshot): (string | null)[] => [
	memoryFile,
	...disks.flatMap(({kind, file}) => (kind === 'internal' ? [file] : [])),
];

function refusal({name, uuid}: Pick<Domain, 'name' | 'uuid'>, tag: string, reason: string): Refusal {
	const unprotect = {...byVirsnap(['edit', name, tag], 'protect', ['--unprotect']), domain: uuid};
	return refuse('protected', reason, remedy`If it may go, unprotect it first ${unprotect}.`);
}
