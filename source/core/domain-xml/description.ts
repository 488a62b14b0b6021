/** The description in libvirt's record of a snapshot (https://libvirt.org/formatsnapshot.html). */
import {decodeEntities} from './entities.ts';
import {buildTree, child, childNodes, element, insertBefore, parseTree, removeChild, rootOf, setText} from './tree.ts';

/** Null where the record has none. */
export function recordedDescription(snapshotXml: string): string | null {
	const [node] = childNodes(child(rootOf(parseTree(snapshotXml), 'domainsnapshot'), 'description'));
	const text = node?.['#text'];
	return typeof text === 'string' ? decodeEntities(text) : null;
}

/** The same record with another description; with none where it is null or empty. All else stays as it is. */
export function withRecordedDescription(snapshotXml: string, description: string | null): string {
	const tree = parseTree(snapshotXml);
	const root = rootOf(tree, 'domainsnapshot')!;
	if (description === null || description === '') removeChild(root, 'description');
	else {
		if (!child(root, 'description')) insertBefore(root, 'creationTime', element('description'));
		setText(child(root, 'description')!, description);
	}
	return buildTree(tree);
}
