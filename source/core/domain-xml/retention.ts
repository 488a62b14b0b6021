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

/**
 * What stands in a definition. libvirt puts the namespace on the element under the prefix that it is given; in a definition that somebody
 * else has written it may stand on any element around it, which libvirt moves to `<metadata>` (Python's ElementTree does so; verified
 * on 9.0).
 */
export function retentionsIn(xml: string): Retention[] {
	return (elementIn(xml)?.rows ?? []).flatMap(attributes => {
		const tag = decoded(attributeIn(attributes, 'tag'));
		if (tag === null) return [];
		return {
			tag,
			createdAt: dateIn(attributes, 'created'),
			protected: attributeIn(attributes, 'protected') === 'yes',
			expiresAt: dateIn(attributes, 'expires'),
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

/** The text of a `<metadata>` without it, for a domain that does not have these snapshots. `outer`: the attributes of that `<metadata>`. */
export function withoutRetentions(metadata: string, outer: Readonly<Record<string, string>> = {}): string {
	const found = elementIn(metadata, outer);
	return found === null ? metadata : metadata.slice(0, found.from) + metadata.slice(found.to);
}

/** A comment, CDATA or instruction, in which nothing counts; or a tag: whether it closes, its name, attributes, whether it is empty. */
const markup =
	/<!--[\s\S]*?-->|<!\[CDATA\[[\s\S]*?\]\]>|<\?[\s\S]*?\?>|<(\/?)([^\s<>/!?]+)((?:[^<>"']|"[^"]*"|'[^']*')*?)(\/?)>/g;

type Found = {readonly from: number; readonly to: number; readonly rows: readonly string[]};

/**
 * The element that `virsh metadata` means: the first of the namespace right inside a `<metadata>`, or by itself where there is only the
 * text of one. Null where there is none. Its rows are the attributes of what is in it.
 */
function elementIn(xml: string, outer: Readonly<Record<string, string>> = {}): Found | null {
	if (![xml, ...Object.values(outer)].some(text => text.includes(retentionUri))) return null;
	const open: {readonly name: string; readonly spaces: ReadonlyMap<string, string>}[] = [];
	const around = new Map(Object.entries(outer).map(([name, value]) => [name.replace(/^xmlns:?/, ''), value]));
	let found: {readonly from: number; readonly depth: number; readonly rows: string[]} | null = null;
	for (const {0: whole, 1: closing, 2: name, 3: attributes, 4: empty, index} of xml.matchAll(markup)) {
		if (name === undefined) continue;
		const to = index + whole.length;
		if (closing === '/') {
			open.pop();
			if (found?.depth === open.length) return {...found, to};
			continue;
		}
		const parent = open.at(-1);
		const spaces = new Map([...(parent?.spaces ?? around), ...declaredIn(attributes!)]);
		const [local, prefix = ''] = name.split(':').toReversed();
		if (found === null && local === 'snapshots' && spaces.get(prefix) === retentionUri) {
			const depth = open.length;
			if (parent === undefined || parent.name === 'metadata') found = {from: index, depth, rows: []};
			if (found && empty === '/') return {...found, to};
		} else if (local === 'snapshot' && found?.depth === open.length - 1) found.rows.push(attributes!);
		if (empty !== '/') open.push({name, spaces});
	}
	return null;
}

/** Namespaces by prefix; the one without a prefix under an empty one. */
const declaredIn = (attributes: string): [string, string][] =>
	[...attributes.matchAll(/(?:^|\s)xmlns(?::([^\s=]+))?\s*=\s*(?:"([^"]*)"|'([^']*)')/g)].map(
		([, prefix = '', double, single]) => [prefix, decodeEntities(double ?? single ?? '')],
	);

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
