/** What the .deb and the .rpm are, said once. */
import type {Architecture} from './node-binary.ts';

export const description = {
	name: 'virsnap',
	summary: 'terminal UI for KVM/libvirt snapshots',
	/** Paragraphs, each one line. */
	text: [
		'virsnap shows the snapshots of KVM domains in one list: what libvirt and every disk image know. Every create, revert and delete is a plan that you read first; it is carried out and verified.',
		'It runs on the hypervisor, as a terminal UI or as commands with JSON output. Node is part of it.',
	],
	maintainer: 'virsnap contributors <virsnap@localhost>',
	license: 'MIT',
	/** Without these it shows nothing; the daemon may be on, or managed as, something else. */
	deb: {
		depends: ['libvirt-clients (>= 7.0)', 'qemu-utils'],
		recommends: ['libvirt-daemon-system'],
		// For `virsnap demo`.
		suggests: ['libvirt-daemon-driver-qemu', 'qemu-system-x86', 'tini', 'ovmf'],
	},
	rpm: {
		requires: ['libvirt-client >= 7.0', 'qemu-img'],
		recommends: ['libvirt-daemon-driver-qemu'],
		suggests: ['qemu-system-x86-core', 'tini', 'edk2-ovmf'],
	},
	/** What Node's own program asks of the system, from its dynamic section (objdump -p); rpmbuild finds it by itself. */
	libraries: ['libc6 (>= 2.28)', 'libgcc-s1 (>= 3.4)', 'libstdc++6 (>= 6)'],
} as const;

export const architectureNames: Readonly<Record<Architecture, {readonly deb: string; readonly rpm: string}>> = {
	x64: {deb: 'amd64', rpm: 'x86_64'},
	arm64: {deb: 'arm64', rpm: 'aarch64'},
};

/** A version that sorts before the one without its suffix: 1.0.0-beta.1 is 1.0.0~beta.1 to dpkg and rpm. */
export function packageVersion(version: string): string {
	return version.replace('-', '~');
}
