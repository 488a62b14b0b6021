/** libvirt's record of a snapshot deleted, and nothing else: `virsh snapshot-delete --metadata` (virsh(1)). */
import {literal, nullable, optional, strictObject, string} from 'valibot';
import {t} from '../../words/text.ts';
import {addressSchema, virshOn} from '../on-domain.ts';
import {byLibvirt, type StepKind} from '../step-kind.ts';

export const forgetSnapshot: StepKind<'forget-snapshot'> = {
	...byLibvirt,
	reach: ({tag}) => ({tags: [tag], snapshots: true}),
	schema: strictObject({
		kind: literal('forget-snapshot'),
		on: addressSchema,
		tag: string(),
		as: optional(strictObject({tag: string(), createdAt: nullable(string())})),
	}),
	argv: ({on, tag}) => virshOn(on, 'snapshot-delete', `--snapshotname=${tag}`, '--metadata'),
	changes: ({tag}) => [{sign: '-', what: t`libvirt's record of ${tag}`}],
	// With the record as it was for its input.
	undo: ({on, tag, as}) =>
		as === undefined ? null : {kind: 'record-snapshot', on, tag, from: as.tag, createdAt: as.createdAt},
	evidence: ({tag}, _plan, {domain}) =>
		domain.snapshots.some(snapshot => snapshot.tag === tag && snapshot.libvirt) ? 'not-done' : 'done',
	repeatable: false,
};
