/** The settings of libvirt.conf that say where libvirt is (its format: `virconf.c`; comments behind #, strings in either quotes). */

/** A setting that is one text (`uri_default`, `remote_mode`); undefined where it is not set. */
export function parseSetting(settings: string, name: 'uri_default' | 'remote_mode'): string | undefined {
	const match = new RegExp(`^[ \\t]*${name}[ \\t]*=[ \\t]*(?:"([^"\\n]*)"|'([^'\\n]*)')`, 'm').exec(settings);
	return match?.[1] ?? match?.[2];
}

/** `uri_aliases`: what each short name stands for. */
export function parseAliases(settings: string): Map<string, string> {
	const list =
		/^[ \t]*uri_aliases[ \t]*=[ \t]*\[((?:[^\]"'#]|"[^"]*"|'[^']*'|#[^\n]*\n)*)\]/m.exec(settings)?.[1] ?? '';
	const entries = list.replaceAll(/("[^"]*"|'[^']*')|#[^\n]*/g, (_, quoted?: string) => quoted ?? '');
	const pairs = [...entries.matchAll(/"([\w-]+)=([^"]*)"|'([\w-]+)=([^']*)'/g)];
	return new Map(pairs.map(([, name, uri, other, otherUri]) => [name ?? other!, uri ?? otherUri!]));
}
