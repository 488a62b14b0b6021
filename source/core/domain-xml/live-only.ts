/** Disks that were attached to the running domain only. */
import {attribute, child, disksOf, type Node, parseTree, rootOf} from './tree.ts';

/** Targets of disks that the running domain had and its definition had not; none where libvirt recorded one definition only. */
export function liveOnlyDisks(snapshotXml: string): string[] {
	const root = rootOf(parseTree(snapshotXml), 'domainsnapshot');
	const inactive = child(root, 'inactiveDomain');
	if (inactive === undefined) return [];
	const defined = new Set(disksOf(inactive).map(targetOf));
	return disksOf(child(root, 'domain'))
		.map(targetOf)
		.filter(target => !defined.has(target));
}

const targetOf = (disk: Node): string => attribute(child(disk, 'target'), 'dev') ?? '';
