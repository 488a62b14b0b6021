/**
 * Snapshots by QEMU's human monitor, beside libvirt: `savevm`, `loadvm`, `delvm`. virsh exits 0 on their failure, so they succeed by
 * silence. The monitor's parser: monitor/hmp.c, get_str (verified on QEMU 7.2).
 */
import {literal, picklist, strictObject, string} from 'valibot';
import {writableDisks} from '../../model/domain.ts';
import {isAsBefore} from '../../planning/basis.ts';
import {addressSchema, virshOn} from '../on-domain.ts';
import {byLibvirt, type Sign, type StepKind} from '../step-kind.ts';

export const monitorSnapshot: StepKind<'monitor-snapshot'> = {
	...byLibvirt,
	reach: ({tag}) => ({state: true, tags: [tag], snapshots: true}),
	schema: strictObject({
		kind: literal('monitor-snapshot'),
		on: addressSchema,
		action: picklist(['savevm', 'loadvm', 'delvm']),
		tag: string(),
	}),
	argv: ({on, action, tag}) => virshOn(on, 'qemu-monitor-command', '--hmp', `--cmd=${action} ${hmpString(tag)}`),
	success: 'silent',
	undo: ({on, action, tag}) => (action === 'savevm' ? {kind: 'monitor-snapshot', on, action: 'delvm', tag} : null),
	evidence({action}, plan, facts): Sign {
		if (action === 'loadvm') return 'unseen';
		const disks = writableDisks(facts.domain);
		const holding = disks.filter(disk => disk.chain[0]?.snapshots.some(({tag}) => tag === plan.tag));
		if (action === 'savevm')
			return holding.length === disks.length ? 'done' : holding.length === 0 ? 'not-done' : 'half';
		if (holding.length === 0) return 'done';
		return isAsBefore(plan, facts) ? 'not-done' : 'half';
	},
	repeatable: true,
};

/**
 * A string argument in double quotes, so that nothing in it ends the argument or starts an option. The parser knows the
 * escapes \\ \" \' \n \r and takes every other byte literally.
 */
export function hmpString(text: string): string {
	const escapes: Record<string, string> = {'\\': '\\\\', '"': '\\"', '\n': '\\n', '\r': '\\r'};
	return `"${text.replace(/[\\"\n\r]/g, character => escapes[character]!)}"`;
}
