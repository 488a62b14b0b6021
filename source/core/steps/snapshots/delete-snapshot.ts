/** A snapshot deleted by libvirt, with what it holds: `virsh snapshot-delete` (virsh(1)). External ones it merges. */
import {literal, strictObject, string} from 'valibot';
import {isAsBefore} from '../../planning/basis.ts';
import {isPutOn, sourcesOf} from '../../planning/sources.ts';
import {isStillThere} from '../../planning/verify.ts';
import {addressSchema, virshOn} from '../on-domain.ts';
import {byLibvirt, type Sign, type StepKind} from '../step-kind.ts';

export const deleteSnapshot: StepKind<'delete-snapshot'> = {
	...byLibvirt,
	reach: ({tag}) => ({definition: true, disks: 'all', tags: [tag], snapshots: true}),
	schema: strictObject({kind: literal('delete-snapshot'), on: addressSchema, tag: string()}),
	argv: ({on, tag}) => virshOn(on, 'snapshot-delete', `--snapshotname=${tag}`),
	evidence(_does, plan, facts): Sign {
		const gone = plan.expect.every(
			expectation => expectation.kind !== 'no-snapshot' || !isStillThere(expectation, facts.domain),
		);
		if (gone && sourcesOf(plan).every(source => isPutOn(facts, source))) return 'done';
		return isAsBefore(plan, facts) ? 'not-done' : 'half';
	},
	repeatable: false,
	job({on}, plan) {
		const targets = sourcesOf(plan).map(({target}) => target);
		if (targets.length === 0) return null;
		// Its block jobs are libvirt's own: `domjobabort` exits 0 and does nothing, `blockjob --abort` waits until it is done (9.0).
		return {uuid: on.uuid, disks: targets, abort: null};
	},
	merges: 'after checks',
};
