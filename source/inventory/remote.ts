/**
 * Whether a URI leads to a libvirt on another machine (https://libvirt.org/uri.html): it names a host. `null` is virsh's own
 * default, which is of this machine unless the environment says otherwise.
 */
export function isRemote(uri: string | null): boolean {
	const match = /^[\w.-]+(?:\+(\w+))?:\/\/([^/?#]*)/.exec(uri ?? '');
	return match !== null && match[1] !== 'unix' && match[2] !== '';
}
