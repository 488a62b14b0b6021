/**
 * libvirt's record of a snapshot under another tag, beside the one that it has: `virsh snapshot-create --redefine` (virsh(1)) with that
 * record, in which only the name is another.
 */
import {literal, nullable, optional, strictObject, string} from 'valibot';
import {isSameTime} from '../../snapshots/retention.ts';
import {t} from '../../words/text.ts';
import {addressSchema, virshOn} from '../on-domain.ts';
import {byLibvirt, type StepKind} from '../step-kind.ts';

export const recordSnapshot: StepKind<'record-snapshot'> = {
	...byLibvirt,
	reach: ({tag}) => ({tags: [tag], snapshots: true}),
	schema: strictObject({
		kind: literal('record-snapshot'),
		on: addressSchema,
		tag: string(),
		from: string(),
		createdAt: nullable(string()),
		description: optional(string()),
	}),
	argv: ({on}) => virshOn(on, 'snapshot-create', '--xmlfile=/dev/stdin', '--redefine'),
	changes: ({tag, from}) => [{sign: '+', what: t`libvirt's record of ${tag}, the same as that of ${from}`}],
	undo: ({on, tag}) => ({kind: 'forget-snapshot', on, tag}),
	evidence({tag, createdAt}, _plan, {domain}) {
		const found = domain.snapshots.find(snapshot => snapshot.tag === tag && snapshot.libvirt);
		if (found === undefined) return 'not-done';
		return isSameTime(found.createdAt, createdAt) ? 'done' : 'half';
	},
	// A record that is written over what it says already stays the same.
	repeatable: true,
};
