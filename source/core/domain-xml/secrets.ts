/**
 * Passwords in domain XML (`dumpxml --security-info`): a definition that is written back needs them, a receipt must not keep
 * them. libvirt marks as secret what stands in `passwd` of a `<graphics>` (formatdomain.html), and nothing else of a domain.
 */
const password = /(\spasswd=)(?:"[^"]*"|'[^']*')/g;
const placeholder = /(\spasswd=)"virsnap-left-out-(\d+)"/g;

/** The same XML with each password's place kept. */
export function withoutSecrets(xml: string): string {
	let count = 0;
	return xml.replace(password, (_, name: string) => `${name}"virsnap-left-out-${count++}"`);
}

/**
 * Passwords in their places again, as the domain has them now; null where it has another number of them, so that nobody can
 * tell which is whose.
 */
export function withSecrets(xml: string, present: string): string | null {
	const wanted = [...xml.matchAll(placeholder)].length;
	if (wanted === 0) return xml;
	const found = [...present.matchAll(password)].map(([whole]) => whole);
	if (found.length !== wanted) return null;
	return xml.replace(placeholder, (_, _name: string, index: string) => found[Number(index)]!);
}
