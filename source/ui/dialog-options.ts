/** The choices a revert or delete leaves to the person: each row changes the intent and nothing else. */
import type {Domain} from '../core/domain.ts';
import type {DeleteIntent, Intent, RevertIntent} from '../core/plan.ts';
import type {Snapshot} from '../core/snapshot.ts';

export type Option = {
	readonly label: string;
	readonly choices: readonly string[];
	readonly chosen: number;
	/** The intent with another choice. */
	readonly choose: (index: number) => Intent;
};

export function optionsOf(domain: Domain, intent: Intent): readonly Option[] {
	if (intent.verb === 'revert') return revertOptions(intent);
	if (intent.verb === 'delete') return deleteOptions(domain, intent);
	return [];
}

const AFTERWARDS = [undefined, 'running', 'paused'] as const;

function revertOptions(intent: RevertIntent): readonly Option[] {
	return [
		{
			label: 'State afterwards',
			choices: ['as in the snapshot', 'running', 'paused'],
			chosen: AFTERWARDS.indexOf(intent.afterwards),
			choose: index => ({...intent, afterwards: AFTERWARDS[index]}),
		},
		yesNo('Snapshot of the present state first', intent.safety, safety => ({...intent, safety})),
	];
}

function deleteOptions(domain: Domain, intent: DeleteIntent): readonly Option[] {
	const children = childrenOf(domain, intent.tag);
	const snapshot = domain.snapshots.find(({tag}) => tag === intent.tag);
	return [
		...(children > 0
			? [yesNo(`Its children too (${children})`, intent.children, yes => ({...intent, children: yes}))]
			: []),
		...(snapshot?.libvirt
			? [yesNo('libvirt metadata only, data stays', intent.metadataOnly, yes => ({...intent, metadataOnly: yes}))]
			: []),
	];
}

/** Where the data is gone, what is left to delete is the metadata. */
export const deletesMetadataOnly = ({health}: Snapshot): boolean => health === 'orphaned' || health === 'missing-files';

function yesNo(label: string, value: boolean | undefined, choose: (value: boolean) => Intent): Option {
	return {label, choices: ['no', 'yes'], chosen: value ? 1 : 0, choose: index => choose(index === 1)};
}

/** Descendants in libvirt's tree, which `--children` takes along. */
function childrenOf(domain: Domain, tag: string): number {
	const found = new Set([tag]);
	for (let size = 0; size !== found.size; ) {
		size = found.size;
		for (const snapshot of domain.snapshots) {
			if (snapshot.parent !== null && found.has(snapshot.parent)) found.add(snapshot.tag);
		}
	}
	return found.size - 1;
}
