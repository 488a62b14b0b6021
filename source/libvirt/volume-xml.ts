/** Storage volumes (https://libvirt.org/formatstorage.html), which a disk may name instead of a file. */
import {attribute, child, parseXml, text} from './xml.ts';

/** A volume's place in words, as `source` of a disk has it until it is resolved. libvirt takes no slash in a pool's name. */
export function volumeWords(pool: string | null, name: string | null): string {
	return `volume:${pool ?? ''}/${name ?? ''}`;
}

/** `virsh vol-dumpxml` of a volume in words; null where the words are of something else. */
export function volumeQuestion(words: string): string[] | null {
	const match = /^volume:([^/]+)\/(.+)$/s.exec(words);
	return match ? ['vol-dumpxml', `--pool=${match[1]}`, `--vol=${match[2]}`] : null;
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
	return {path: text(child(volume, 'target', 'path')) ?? '', type: attribute(volume, 'type') ?? 'file'};
}
