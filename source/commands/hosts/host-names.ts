/** What hosts are called: as short as tells them apart. */
import type {NamedHost} from '../../core/model/hypervisor.ts';

const parts = /^[^:/?#]+:\/\/(?:([^/?#@]+)@)?(\[[^\]/?#]+\]|[^/?#:@]*)(?::(\d+))?(?:\/([^?#]*))?/;

/** From the shortest to the fullest; an alias of libvirt.conf is a name already. */
function formsOf(uri: string | null): readonly string[] {
	const match = uri === null ? null : parts.exec(uri);
	if (match === null) return [uri ?? 'localhost'];
	const [, user, given = '', port, place] = match;
	const host = given === '' ? 'localhost' : given;
	const login = user === undefined ? host : `${decoded(user)}@${host}`;
	const address = port === undefined ? login : `${login}:${port}`;
	return [host, login, address, `${address}-${(place ?? '').replaceAll('/', '-')}`];
}

function decoded(text: string): string {
	try {
		return decodeURIComponent(text).replaceAll('/', '-');
	} catch {
		return text;
	}
}

/** The host that is named before the slash, and the word behind it; null where no host is. */
export function splitHost(hosts: readonly NamedHost[], word: string): {host: NamedHost; word: string} | null {
	const host = hosts.find(({name}) => word.startsWith(`${name}/`));
	return host === undefined ? null : {host, word: word.slice(host.name.length + 1)};
}

/**
 * Each by a name of its own, without a slash: what stands before it in HOST/DOMAIN.
 *
 * @param configured those that stand in `uris` by the name that the configuration has for them, else by an alias of libvirt.conf; a mark
 *   of one also holds for its connection
 */
export function namedHosts(uris: readonly (string | null)[], configured: readonly NamedHost[] = []): NamedHost[] {
	const known = (given: string | null) => configured.find(({name}) => name === given);
	const forms = uris.map(uri => (known(uri) ? [uri!] : formsOf(uri)));
	const names = forms.map(([shortest]) => shortest!);
	for (let level = 1; level < 4; level++) {
		const doubled = names.map(name => names.indexOf(name) !== names.lastIndexOf(name));
		for (const [index, isDoubled] of doubled.entries())
			if (isDoubled) names[index] = forms[index]![level] ?? names[index]!;
	}

	return uris.map((given, index) => {
		const uri = known(given)?.uri ?? given;
		const marks = configured.filter(one => one.uri === uri);
		const isMarked = marks.some(one => one.readonly);
		const color = marks.find(one => one.color)?.color;
		const earlier = names.slice(0, index).filter(name => name === names[index]).length;
		const name = earlier === 0 ? names[index]! : `${names[index]}#${earlier + 1}`;
		return {name, uri, ...(isMarked && {readonly: true as const}), ...(color && {color})};
	});
}
