/** Going on from memory in a file: `virsh restore` (virsh(1)). Other XML than the file's goes in as the step's input. */
import {boolean, literal, nullable, picklist, strictObject, string} from 'valibot';
import {isActive} from '../../model/domain.ts';
import {addressSchema, virsh} from '../on-domain.ts';
import {byLibvirt, type StepKind} from '../step-kind.ts';

export const restore: StepKind<'restore'> = {
	...byLibvirt,
	reach: () => ({state: true, disks: 'all', snapshots: true}),
	uses: ({file}) => [file],
	schema: strictObject({
		kind: literal('restore'),
		on: addressSchema,
		file: string(),
		afterwards: nullable(picklist(['running', 'paused'])),
		changed: boolean(),
	}),
	argv: ({on, file, afterwards, changed}) =>
		virsh(
			on,
			'restore',
			`--file=${file}`,
			...(changed ? ['--xml=/dev/stdin'] : []),
			...(afterwards === null ? [] : [`--${afterwards}`]),
		),
	evidence: (_does, _plan, {domain}) => (isActive(domain) ? 'done' : 'not-done'),
	repeatable: false,
};
