/** What one libvirt says of itself. */
import type {Host} from '../core/model/domain.ts';

/** The questions whose answers `parseHost` wants. */
export const hostQuestions = {version: ['version', '--daemon'], capabilities: ['capabilities']} as const;

/**
 * Read `virsh version --daemon` and `virsh capabilities`.
 *
 * Whether external snapshots can be reverted and deleted is probed, not concluded from the version: libvirt says
 * `<externalSnapshot/>` among a guest's features (https://libvirt.org/formatcaps.html; since 9.9). Text cannot hold a bare `<`,
 * so looking for the element needs no parser (20 KiB, 4 ms each time).
 */
export function parseHost(uri: string | null, version: string, capabilities: string): Host {
	const daemon = /^Running against daemon: (\S+)/m.exec(version)?.[1];
	const library = /^Using library: libvirt (\S+)/m.exec(version)?.[1];
	return {
		uri,
		libvirt: daemon ?? library ?? '',
		qemu: /^Running hypervisor: \S+ (\S+)/m.exec(version)?.[1] ?? '',
		externalSnapshots: /<externalSnapshot[\s/>]/.test(capabilities),
	};
}
