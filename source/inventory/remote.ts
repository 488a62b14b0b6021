/** Where a connection leads (https://libvirt.org/uri.html). */

/** The URI that virsh takes where none is given with `-c` (virsh(1), ENVIRONMENT); null where that is libvirt's own choice. */
export function effectiveUri(
	uri: string | null,
	environment: Readonly<Record<string, string | undefined>>,
): string | null {
	return uri ?? (environment.VIRSH_DEFAULT_CONNECT_URI || environment.LIBVIRT_DEFAULT_URI || null);
}

/** Whether a URI leads to a libvirt on another machine: it names a host. libvirt's own choice never does. */
export function isRemote(uri: string | null): boolean {
	const match = /^[\w.-]+(?:\+(\w+))?:\/\/([^/?#]*)/.exec(uri ?? '');
	return match !== null && match[1] !== 'unix' && match[2] !== '';
}
