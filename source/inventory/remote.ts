/**
 * Whether a URI leads to a libvirt on another machine: it names a host (https://libvirt.org/uri.html). `null` is libvirt's own
 * choice, which never does; what the environment says has been looked up before.
 */
export function isRemote(uri: string | null): boolean {
	const match = /^[\w.-]+?(?:\+(\w+))?:\/\/([^/?#]*)/.exec(uri ?? '');
	return match !== null && match[1] !== 'unix' && match[2] !== '';
}
