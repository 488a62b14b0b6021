/** libvirt's record of a snapshot deleted, and nothing else: `virsh snapshot-delete --metadata` (virsh(1)). */
import {literal, strictObject, string} from 'valibot';
import {t} from '../../words/text.ts';
import {addressSchema, virshOn} from '../on-domain.ts';
import {byLibvirt, type StepKind} from '../step-kind.ts';

export const forgetSnapshot: StepKind<'forget-snapshot'> = {
	...byLibvirt,
	reach: ({tag}) => ({tags: [tag], snapshots: true}),
	schema: strictObject({kind: literal('forget-snapshot'), on: addressSchema, tag: string()}),
	argv: ({on, tag}) => virshOn(on, 'snapshot-delete', `--snapshotname=${tag}`, '--metadata'),
	changes: ({tag}) => [{sign: '-', what: t`libvirt's record of ${tag}`}],
	evidence: ({tag}, _plan, {domain}) =>
		domain.snapshots.some(snapshot => snapshot.tag === tag && snapshot.libvirt) ? 'not-done' : 'done',
	repeatable: false,
};
