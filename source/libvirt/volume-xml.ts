/** Storage volumes (https://libvirt.org/formatstorage.html), which a disk may name instead of a file. */
import {attributeOf, childAt, parseXml, textContent} from './xml.ts';

/** A volume's place in words, as `source` of a disk has it until it is resolved. libvirt takes no slash in a pool's name. */
export function volumeWords(pool: string | null, name: string | null): string {
	return `volume:${pool ?? ''}/${name ?? ''}`;
}

/** The volume that words are of; null where they are of something else. */
export function volumeIn(words: string): {pool: string; name: string} | null {
	const match = /^volume:([^/]+)\/(.+)$/s.exec(words);
	return match && {pool: match[1]!, name: match[2]!};
}

/** Where a volume lies, and as what: `file`, `block`, `network`… */
export type Volume = {readonly path: string; readonly type: string};

/**
 * Read `virsh vol-dumpxml`.
 *
 * @throws {Error} it is no volume XML
 */
export function parseVolumeXml(xml: string): Volume {
	const volume = parseXml(xml, 'volume');
	return {path: textContent(childAt(volume, 'target', 'path')) ?? '', type: attributeOf(volume, 'type') ?? 'file'};
}

/**
 * Where a volume in words lies, from `virsh pool-dumpxml` alone: in pools that are folders it is the file of that name; null in others.
 *
 * @throws {Error} it is no pool XML
 */
export function presumedPath(words: string, poolXml: string): string | null {
	const pool = parseXml(poolXml, 'pool');
	const folder = textContent(childAt(pool, 'target', 'path'));
	const inFolder = ['dir', 'fs', 'netfs'].includes(attributeOf(pool, 'type') ?? '') && folder !== null;
	return inFolder ? `${folder}/${words.slice(words.indexOf('/') + 1)}` : null;
}
