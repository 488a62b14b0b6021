/** Which snapshot libvirt takes for the current one: `virsh snapshot-current` (virsh(1)). */
import {literal, nullable, strictObject, string} from 'valibot';
import {t} from '../../words/text.ts';
import {addressSchema, virshOn} from '../on-domain.ts';
import {byLibvirt, type StepKind} from '../step-kind.ts';

export const currentSnapshot: StepKind<'current-snapshot'> = {
	...byLibvirt,
	reach: () => ({snapshots: true}),
	schema: strictObject({
		kind: literal('current-snapshot'),
		on: addressSchema,
		tag: string(),
		before: nullable(string()),
	}),
	argv: ({on, tag}) => virshOn(on, 'snapshot-current', `--snapshotname=${tag}`),
	changes: ({tag}) => [{sign: '~', what: t`current snapshot: ${tag}`}],
	undo: ({on, tag, before}) => (before === null ? null : {kind: 'current-snapshot', on, tag: before, before: tag}),
	// Often it was the current one before: that shows nothing of the steps before this one.
	evidence: ({tag}, _plan, {domain}) =>
		domain.snapshots.some(snapshot => snapshot.current && snapshot.tag === tag) ? 'unseen' : 'not-done',
	repeatable: true,
};
