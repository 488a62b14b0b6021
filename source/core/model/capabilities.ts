/**
 * THE table of what differs between versions of libvirt and QEMU. Planners ask for a row by its name; a version is compared
 * nowhere else. Each row says where it is known from: libvirt's release notes (NEWS), or the versions it was tried on.
 */
import {compare, validate} from 'compare-versions';
import type {Host} from './domain.ts';

type Capability = {
	readonly what: string;
	/** NEWS, or "verified on …". */
	readonly source: string;
	readonly has: (host: Pick<Host, 'libvirt' | 'qemu' | 'externalSnapshots'>) => boolean;
	/** The rule in words, for the documentation. */
	readonly rule: string;
};

/** What is no version, since libvirt could not say it, is older than any. */
const isAtLeast = (version: string, wanted: string) => validate(version) && compare(version, wanted, '>=');

const since = (version: string) => ({
	rule: `libvirt ≥ ${version}`,
	has: ({libvirt}: Pick<Host, 'libvirt'>) => isAtLeast(libvirt, version),
});

const probed = {
	rule: '`<externalSnapshot/>` in `virsh capabilities` (libvirt ≥ 9.9)',
	has: ({externalSnapshots}: Pick<Host, 'externalSnapshots'>) => externalSnapshots,
};

export const capabilities = {
	'external-delete': {
		...since('9.0'),
		what: '`snapshot-delete` of an external snapshot: the newest one, and while the domain runs those below it',
		source: 'NEWS 9.0; verified on 9.0; 7.0: deletion of 1 external disk snapshots not supported yet',
	},
	'external-delete-below-shut-off': {
		...probed,
		what: '`snapshot-delete` of an external snapshot below the newest while the domain is shut off',
		source: 'verified on 11.3; 9.0: could not find base disk source in disk source chain',
	},
	'external-delete-unused': {
		...probed,
		what: '`snapshot-delete` of the newest external snapshot of a branch that the domain does not run on',
		source: 'verified on 11.3; 9.0: could not find base disk source in disk source chain',
	},
	'external-delete-removes-memory': {
		...since('9.1'),
		what: 'the memory file goes with the external snapshot',
		source: 'NEWS 9.1; on 9.0 it stays: verified',
	},
	'external-delete-keeps-base': {
		...since('11.0'),
		what: 'the base image survives the delete of an external snapshot after a revert to its internal parent',
		source: 'NEWS 11.0',
	},
	'external-revert': {
		...probed,
		what: '`snapshot-revert` to an external snapshot',
		source: 'NEWS 9.9; verified on 11.3; 7.0 and 9.0: revert to external snapshot not supported yet',
	},
	'revert-starts-anew': {
		...since('9.0'),
		what: '`snapshot-revert` of a running domain without `--force` where the devices were others then',
		source: 'verified on 9.0; 7.0: revert requires force: Target domain serial port count 1 does not match source 0',
	},
	'internal-shut-off-uefi': {
		...since('9.3'),
		what: 'internal snapshots of a UEFI domain that is shut off',
		source: "NEWS 9.3; 9.0 refuses, 7.0 does not where the definition names no loader (firmware='efi'): verified",
	},
	'internal-uefi': {
		...since('10.10'),
		what: 'internal snapshots of a UEFI domain whose NVRAM is qcow2, and reverting to them',
		source: 'NEWS 10.9 (create) and 10.10 (revert)',
	},
	'internal-jobs': {
		...since('10.9'),
		what: 'internal snapshots of a running domain are QEMU jobs named after the tag, which may hold letters, digits, `.`, `_` and `-` only',
		source: "NEWS 10.9; verified on 11.3: Invalid job ID 'internal-snapshot-save-…'",
	},
	'private-offline-overlays': {
		...since('11.10'),
		what: 'overlays of a shut-off domain that other users of the machine cannot read',
		source:
			'NEWS 11.10 (CVE-2025-13193), which Debian 13 has in its 11.3 as well; 7.0 and 9.0 make them 0644: verified',
	},
	'live-overlays-of-volumes': {
		...since('9.0'),
		what: 'the definition follows a storage volume to its overlay when that is made while the domain runs',
		source: 'verified on 9.0; 7.0 leaves it on the volume, on which the domain would start next: verified',
	},
	'live-only-disks-return': {
		rule: 'no libvirt yet',
		has: () => false,
		what: '`snapshot-revert` to an external snapshot without memory brings back disks that were attached live only',
		source: 'verified on 11.3 and 12.8: the recorded `<inactiveDomain>` alone counts',
	},
	'internal-delete-without-disk': {
		rule: 'no libvirt yet',
		has: () => false,
		what: '`snapshot-delete` of an internal snapshot of a running domain that has lost one of its disks, or calls it otherwise',
		source:
			'verified on 9.0: libvirtd crashes (segmentation fault); while it is shut off it works: verified; later versions: not tried',
	},
	'chosen-firmware-keeps-nvram': {
		...since('9.0'),
		what: "a definition that leaves the firmware to libvirt (`firmware='efi'`) keeps the NVRAM that it names",
		source: 'verified on 9.0; 7.0 drops it, and takes NAME_VARS.fd in its own folder: verified',
	},
	'savevm-takes-back': {
		rule: 'QEMU ≥ 7.2',
		has: ({qemu}) => isAtLeast(qemu, '7.2'),
		what: 'an internal snapshot of a running domain that fails on one disk leaves nothing in the others',
		source: 'verified on QEMU 7.2; 5.2 leaves it in the disks before: verified',
	},
	'tells-what-blocks-memory': {
		rule: 'QEMU ≥ 6.0',
		has: ({qemu}) => isAtLeast(qemu, '6.0'),
		what: "QEMU's `query-migrate` tells why memory cannot be saved (`blocked-reasons`), such as a 9p folder that the guest has mounted",
		source: 'qapi/migration.json: since 6.0; verified on QEMU 7.2',
	},
	'snapshots-under-checkpoints': {
		...since('11.3'),
		what: 'an internal snapshot of a domain that is shut off and has checkpoints of backups is taken, or any recorded anew, by libvirt',
		source:
			'7.0 and 9.0: cannot perform block operations while checkpoint exists (verified on 9.0, also of `--redefine`), which 11.3 does not say any more; in between not tried. Of external ones 11.3 says: support for offline external snapshots while checkpoint exists was not yet implemented (verified)',
	},
	'long-chains': {
		rule: 'libvirt < 10.8 or ≥ 12.0',
		has: ({libvirt}) => !isAtLeast(libvirt, '10.8') || isAtLeast(libvirt, '12.0'),
		what: 'a domain starts with more than about 25 external snapshots in a chain',
		source: 'NEWS 12.0; the JSON parser that brought the limit: NEWS 10.8',
	},
} as const satisfies Record<string, Capability>;

export type CapabilityId = keyof typeof capabilities;

/** Whether this host can, or does, what the row says. */
export function can(host: Pick<Host, 'libvirt' | 'qemu' | 'externalSnapshots'>, id: CapabilityId): boolean {
	return capabilities[id].has(host);
}
