/** What a method makes and what a snapshot is, in the words of the field. */

import {type Domain, isActive} from '../../../core/model/domain.ts';
import type {Plan} from '../../../core/model/plan.ts';
import type {Snapshot} from '../../../core/model/snapshot.ts';

export const KINDS = {
	'internal with memory': 'internal system checkpoint (disks and memory)',
	'internal without': 'internal disk snapshot',
	'external with memory': 'external system checkpoint (disks and memory)',
	'external without': 'external disk snapshot',
	'memory alone': 'memory snapshot (no disks)',
} as const;

/** What a snapshot by this method is, of a domain as it is now. */
export function kindMade(method: NonNullable<Plan['method']>, domain: Pick<Domain, 'state'>): string {
	switch (method) {
		case 'libvirt-internal':
		case 'monitor':
			return KINDS[isActive(domain) ? 'internal with memory' : 'internal without'];
		case 'qemu-img':
			return KINDS['internal without'];
		case 'external-full':
			return KINDS['external with memory'];
		case 'external-live':
		case 'external-offline':
			return KINDS['external without'];
		case 'memory':
			return KINDS['memory alone'];
		case 'linked-clone':
			return 'linked clone (a new domain on an overlay)';
		case 'full-clone':
			return 'full clone (a new domain on copies of its own)';
	}
}

export function snapshotKindOf({
	kind,
	memoryFile,
	vmSizeBytes,
}: Pick<Snapshot, 'kind' | 'memoryFile' | 'vmSizeBytes'>): string {
	const memory = memoryFile !== null || (vmSizeBytes ?? 0) > 0;
	if (kind === 'memory') return KINDS['memory alone'];
	return KINDS[`${kind} ${memory ? 'with memory' : 'without'}`];
}

/** "an internal disk snapshot" */
export const withArticle = (words: string): string => `${/^[aeiou]/.test(words) ? 'an' : 'a'} ${words}`;
