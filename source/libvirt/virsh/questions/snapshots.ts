/** Questions about the snapshots and checkpoints of a domain. */
import {type LibvirtReader, orNull} from '../../reader.ts';
import {type AskVirsh, withoutNewline} from '../ask-together.ts';
import {recordsOf} from '../snapshot-records.ts';

/** What virsh tells of them. */
export function virshSnapshots(
	virsh: AskVirsh,
): Pick<LibvirtReader, 'snapshotNames' | 'currentSnapshot' | 'snapshots' | 'checkpoints'> {
	return {
		async snapshotNames(uuid) {
			// A name may hold empty lines.
			const names = (await virsh('snapshot-list', `--domain=${uuid}`, '--name')).replace(/\n+$/, '');
			return names === '' ? [] : names.split('\n');
		},
		currentSnapshot: async uuid => {
			const name = await orNull(virsh('snapshot-current', `--domain=${uuid}`, '--name'));
			return name === null ? null : withoutNewline(name);
		},
		snapshots: (uuid, names, {secure = false} = {}) => recordsOf(virsh, uuid, names, secure),
		async checkpoints(uuid) {
			const names = await virsh('checkpoint-list', `--domain=${uuid}`, '--name', '--topological');
			return names.split('\n').filter(one => one !== '');
		},
	};
}
