/** Snapshot metadata (https://libvirt.org/formatsnapshot.html) in core's terms. */
import {isWritable} from '../core/model/domain.ts';
import type {LibvirtSnapshot} from '../core/model/snapshot.ts';
import {parseDisk} from './domain-xml.ts';
import {attributeOf, childAt, children, type Element, parseXml, textContent} from './xml.ts';

type Parsed = Omit<LibvirtSnapshot, 'current'>;

/**
 * Reads `virsh snapshot-dumpxml` of the snapshots of one domain; throws at what is no snapshot XML. Which snapshot is the current one is
 * not in there: it is asked apart.
 *
 * The metadata holds one or two whole domain definitions. They are removed before parsing and only their disks are read, once where
 * one snapshot has those of the one before: with thousands of snapshots that is the difference between half a second and several.
 */
export function snapshotParser(): (xml: string) => Parsed {
	let last: {readonly text: string; readonly disks: ReadonlyMap<string, DiskThen>} | undefined;
	return xml => {
		const {rest, disks} = abridged(xml);
		if (last?.text !== disks) last = {text: disks, disks: disksThen(parseXml(`<domain>${disks}</domain>`, 'domain'))};
		return parsed(parseXml(rest, 'domainsnapshot'), last.disks);
	};
}

function parsed(snapshot: Element, then: ReadonlyMap<string, DiskThen>): Parsed {
	const memory = childAt(snapshot, 'memory');
	const reverted = children(childAt(snapshot, 'revertDisks'), 'disk').map(disk =>
		attributeOf(childAt(disk, 'source'), 'file'),
	);
	const revertFiles = reverted.filter(file => file !== null);
	return {
		name: textContent(childAt(snapshot, 'name')) ?? '',
		description: textContent(childAt(snapshot, 'description')),
		state: textContent(childAt(snapshot, 'state')) ?? '',
		createdAt: new Date(Number(textContent(childAt(snapshot, 'creationTime')) ?? 0) * 1000).toISOString(),
		parent: textContent(childAt(snapshot, 'parent', 'name')),
		memory: {
			kind: (attributeOf(memory, 'snapshot') ?? 'no') as LibvirtSnapshot['memory']['kind'],
			file: attributeOf(memory, 'file'),
		},
		disks: children(childAt(snapshot, 'disks'), 'disk').map(disk => diskOf(disk, then)),
		revertFiles,
	};
}

type Recorded = LibvirtSnapshot['disks'][number];

function diskOf(disk: Element, then: ReadonlyMap<string, DiskThen>): Recorded {
	const target = attributeOf(disk, 'name') ?? '';
	const source = childAt(disk, 'source');
	const snapshot = (attributeOf(disk, 'snapshot') ?? 'no') as Recorded['snapshot'];
	const recorded = then.get(target);
	const leftOut = (snapshot === 'no' || snapshot === 'manual') && recorded?.writable === true;
	return {
		target,
		snapshot,
		file: attributeOf(source, 'file') ?? attributeOf(source, 'dev'),
		source: recorded?.source ?? null,
		...(leftOut ? {leftOut: true as const} : {}),
	};
}

/** What anybody may have put there: CDATA, and elements of their own that are called as libvirt's are. */
const foreign = [/<!\[CDATA\[[\s\S]*?\]\]>/g, /<metadata(?:\s[^>]*[^/>])?>[\s\S]*?<\/metadata>/g];

/** The document without its domains, and the disks of the first. `<` in a text is always `&lt;`, so these are the elements themselves. */
function abridged(whole: string): {readonly rest: string; readonly disks: string} {
	const xml = whole.includes('<metadata') ? foreign.reduce((text, part) => text.replace(part, ''), whole) : whole;
	const start = xml.search(/<domain[\s>]/);
	if (start === -1) return {rest: xml, disks: ''};
	const disks = xml.slice(start, xml.indexOf('</domain>', start)).match(/<disk\s[\s\S]*?<\/disk>/g) ?? [];
	return {rest: `${xml.slice(0, start)}</domainsnapshot>`, disks: disks.join('')};
}

type DiskThen = {readonly source: string | null; readonly writable: boolean};

function disksThen(domain: Element | undefined): Map<string, DiskThen> {
	return new Map(
		children(domain, 'disk').map(element => {
			const disk = parseDisk(element);
			return [disk.target, {source: disk.source, writable: isWritable(disk)}];
		}),
	);
}
