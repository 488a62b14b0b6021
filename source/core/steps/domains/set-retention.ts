/** Protection and expiry of snapshots in the domain's own metadata: `virsh metadata` (virsh(1)). */
import {array, boolean, literal, nullable, picklist, strictObject, string} from 'valibot';
import {retentionUri, retentionXml} from '../../domain-xml/retention.ts';
import {sameRetentions} from '../../snapshots/retention.ts';
import {addressSchema, virshOn} from '../on-domain.ts';
import {byLibvirt, type StepKind} from '../step-kind.ts';

const retentions = array(
	strictObject({tag: string(), createdAt: nullable(string()), protected: boolean(), expiresAt: nullable(string())}),
);

export const setRetention: StepKind<'set-retention'> = {
	...byLibvirt,
	reach: () => ({definition: true, snapshots: true}),
	schema: strictObject({
		kind: literal('set-retention'),
		on: addressSchema,
		where: array(picklist(['live', 'config'])),
		retentions,
		before: retentions,
	}),
	argv: ({on, where, retentions}) =>
		virshOn(
			on,
			'metadata',
			`--uri=${retentionUri}`,
			...where.map(one => `--${one}`),
			...(retentions.length === 0 ? ['--remove'] : ['--key=virsnap', `--set=${retentionXml(retentions)}`]),
		),
	undo: ({retentions, before, ...same}) => ({...same, retentions: before, before: retentions}),
	evidence({retentions, before}, _plan, {domain}) {
		const isThere = sameRetentions(domain.retentions, retentions);
		// What is only put back as it is shows nothing of the steps before this one.
		if (sameRetentions(before, retentions)) return isThere ? 'unseen' : 'not-done';
		if (isThere) return 'done';
		return sameRetentions(domain.retentions, before) ? 'not-done' : 'half';
	},
	repeatable: true,
};
