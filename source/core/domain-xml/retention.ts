/**
 * Protection and expiry of snapshots in a domain's own `<metadata>` (https://libvirt.org/formatdomain.html, "General metadata"), so
 * that they travel with the domain:
 *
 *     <virsnap:snapshots xmlns:virsnap="urn:virsnap:snapshots:1">
 *       <snapshot tag="before%20upgrade" created="2026-03-01T10:00:00.000Z" protected="yes" expires="2026-04-01T00:00:00.000Z"/>
 *     </virsnap:snapshots>
 *
 * Tags are percent-encoded, since a tag in an image may hold what XML cannot.
 */
import type {Retention} from '../model/snapshot.ts';
import {decodeEntities} from './entities.ts';

/** The namespace of what is kept there: one element of it per domain (`virsh metadata --uri`). */
export const retentionUri = 'urn:virsnap:snapshots:1';

/** libvirt puts the namespace on the element under whatever prefix it is given; somebody else's may be another. */
const element = new RegExp(
	String.raw`<(?:([\w.-]+):)?snapshots\s[^<>]*xmlns(?::\1)?\s*=\s*["']${retentionUri}["'][^<>]*?(?:/>|>([\s\S]*?)</(?:[\w.-]+:)?snapshots\s*>)`,
);

/** What stands in any definition, or record of a snapshot; of several definitions in it the first counts. */
export function retentionsIn(xml: string): Retention[] {
	const inside = element.exec(xml)?.[2] ?? '';
	return [...inside.matchAll(/<(?:[\w.-]+:)?snapshot\s([^<>]*?)\/?>/g)].flatMap(([, attributes]) => {
		const tag = decoded(attributeIn(attributes!, 'tag'));
		if (tag === null) return [];
		return {
			tag,
			createdAt: dateIn(attributes!, 'created'),
			protected: attributeIn(attributes!, 'protected') === 'yes',
			expiresAt: dateIn(attributes!, 'expires'),
		};
	});
}

/** What `virsh metadata --set` is given: libvirt adds the namespace. */
export function retentionXml(retentions: readonly Retention[]): string {
	const rows = retentions.map(({tag, createdAt, protected: kept, expiresAt}) => {
		const attributes = {
			tag: encodeURIComponent(tag),
			created: createdAt,
			protected: kept ? 'yes' : null,
			expires: expiresAt,
		};
		const words = Object.entries(attributes).flatMap(([name, value]) => (value === null ? [] : [`${name}="${value}"`]));
		return `<snapshot ${words.join(' ')}/>`;
	});
	return `<snapshots>${rows.join('')}</snapshots>`;
}

/** The text of a `<metadata>` without it, for a domain that does not have these snapshots. */
export const withoutRetentions = (metadata: string): string => metadata.replace(element, '');

function attributeIn(attributes: string, name: string): string | null {
	const found = new RegExp(String.raw`(?:^|\s)${name}\s*=\s*(?:"([^"]*)"|'([^']*)')`).exec(attributes);
	return found ? decodeEntities(found[1] ?? found[2] ?? '') : null;
}

/** A date as JavaScript writes it; null where there is none, or something else. */
function dateIn(attributes: string, name: string): string | null {
	const time = Date.parse(attributeIn(attributes, name) ?? '');
	return Number.isNaN(time) ? null : new Date(time).toISOString();
}

function decoded(word: string | null): string | null {
	try {
		return word === null ? null : decodeURIComponent(word);
	} catch {
		return null;
	}
}
