/** What libvirt itself does with a domain at this moment, as `virsh domjobinfo` tells. */
import type {Answer} from './ask.ts';

/** The operation in libvirt's words (`Backup`, `Outgoing migration`…), or `operation` where it has none; null where there is none. */
export function parseJob({stdout, stderr, failed}: Answer): string | null {
	// libvirt 9.0 has no words for a snapshot that it deletes, but says by this error that it does.
	if (failed) return /invalid job statistics type/.test(stderr) ? 'operation' : null;
	const type = /^Job type:\s+(\S+)/m.exec(stdout)?.[1];
	if (type === undefined || ['None', 'Completed', 'Failed', 'Cancelled'].includes(type)) return null;
	return /^Operation:\s+(.*\S)/m.exec(stdout)?.[1] ?? 'operation';
}
