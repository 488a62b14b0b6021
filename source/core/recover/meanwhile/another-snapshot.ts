/** The very snapshot that an interrupted operation meant is gone, and another one has its tag. */
import type {Facts} from '../../model/facts.ts';
import type {Plan} from '../../model/plan.ts';
import {type Refusal, refuse} from '../../model/refusal.ts';
import type {Snapshot} from '../../model/snapshot.ts';
import {isSameTime} from '../../snapshots/retention.ts';
import {formatDate, t} from '../../words/text.ts';
import type {Told} from '../ownership.ts';

/** As the basis of a plan dates a snapshot that libvirt has a record of. Without one its date is that of one image or another. */
const recorded = /^\S+ (\d{4}-\S+Z) (?:current )?libvirt\b/;

/** Why the wish of a plan is not carried out on the snapshot that has its tag now: it was taken later. Null where it is the same, or none. */
export function anotherRefusal(
	{tag, basis}: Pick<Plan, 'tag' | 'basis'>,
	{domain}: Pick<Facts, 'domain'>,
): Refusal | null {
	if (tag === null) return null;
	const meant = recorded.exec(basis[t`snapshot ${tag}`] ?? '')?.[1];
	const found = domain.snapshots.find(one => one.libvirt && one.tag === tag);
	if (meant === undefined || found === undefined || isSameTime(found.createdAt, meant)) return null;
	return notThat(tag, found);
}

/** The same of the snapshot that a plan was to create: the files of this one are not those that it made, or it came behind its step. */
export function createdSinceRefusal(receipt: Told, {domain, identities}: Facts): Refusal | null {
	const {plan, made, steps} = receipt;
	const found = domain.snapshots.find(one => one.tag === plan.tag);
	if (plan.tag === null || found === undefined) return null;
	const files = [found.memoryFile, ...found.disks.map(({file}) => file)].flatMap(file => file ?? []);
	const replaced = files.some(file => made?.[file] && identities[file] && made[file] !== identities[file].id);
	const takers = steps.filter((_, index) =>
		['create-snapshot', 'image-snapshot'].includes(plan.steps[index]!.does.kind),
	);
	const ends = takers.map(({status, endedAt}) => (status === 'done' && endedAt ? Date.parse(endedAt) : Infinity));
	const ended = ends.length === 0 ? Infinity : Math.max(...ends);
	// libvirt dates to the second, and rounds down.
	const later = found.createdAt !== null && Date.parse(found.createdAt) > ended;
	return replaced || later ? notThat(plan.tag, found) : null;
}

const notThat = (tag: string, {createdAt}: Pick<Snapshot, 'createdAt'>): Refusal =>
	refuse(
		'not-found',
		t`The snapshot ${tag} that it was about no longer exists; another one of this name was created on ${formatDate(createdAt)}.`,
		'Leave everything as it is.',
	);
