/** The names in libvirt's record of a snapshot: its own and its parent's (https://libvirt.org/formatsnapshot.html). */
import {decodeEntities} from './entities.ts';
import {
	buildTree,
	child,
	childNodes,
	element,
	insertBefore,
	type Node,
	parseTree,
	removeChild,
	rootOf,
	setText,
} from './tree.ts';

/** The parent that the record names; null where it has none. */
export function recordedParent(snapshotXml: string): string | null {
	const parent = child(rootOf(parseTree(snapshotXml), 'domainsnapshot'), 'parent');
	const text = childNodes(child(parent, 'name'))[0]?.['#text'];
	return typeof text === 'string' ? decodeEntities(text) : null;
}

/** The same record under another name. */
export const withRecordedName = (snapshotXml: string, name: string): string =>
	changed(snapshotXml, root => setText(child(root, 'name')!, name));

/** The same record with another parent, or none. */
export const withRecordedParent = (snapshotXml: string, parent: string | null): string =>
	changed(snapshotXml, root => {
		if (parent === null) return removeChild(root, 'parent');
		if (!child(root, 'parent')) insertBefore(root, 'creationTime', element('parent'));
		const node = child(root, 'parent')!;
		if (!child(node, 'name')) childNodes(node).push(element('name'));
		setText(child(node, 'name')!, parent);
	});

function changed(snapshotXml: string, change: (root: Node) => void): string {
	const tree = parseTree(snapshotXml);
	change(rootOf(tree, 'domainsnapshot')!);
	return buildTree(tree);
}
