/** The very snapshot that an interrupted operation meant is gone, and another one has its tag. */
import type {Facts} from '../../model/facts.ts';
import type {Plan} from '../../model/plan.ts';
import {type Refusal, refuse} from '../../model/refusal.ts';
import {isSameTime} from '../../snapshots/retention.ts';
import {formatDate, t} from '../../words/text.ts';

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
	return refuse(
		'not-found',
		t`The snapshot ${tag} that it was about no longer exists; another one of this name was created on ${formatDate(found.createdAt)}.`,
		'Leave everything as it is.',
	);
}
