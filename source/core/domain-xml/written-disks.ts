/** Disks that a domain writes to, by its definition alone. */
import {attribute, child, disksOf, parseTree, rootOf} from './tree.ts';

/** Targets of the disks of a `<domain>` that has them with a medium, and writable. */
export function writtenDisks(domainXml: string): string[] {
	const disks = disksOf(rootOf(parseTree(domainXml), 'domain')).filter(disk => {
		const device = attribute(disk, 'device') ?? 'disk';
		return ['disk', 'lun'].includes(device) && child(disk, 'source') && !child(disk, 'readonly');
	});
	return disks.map(disk => attribute(child(disk, 'target'), 'dev') ?? '');
}
