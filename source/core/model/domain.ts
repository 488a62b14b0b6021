/**
 * A hypervisor and its domains, as libvirt names what they have. Facts are plain data: made by `inventory/`, decided upon by the
 * planners, drawn by `ui/`. Sizes are bytes, times ISO 8601 in UTC, clocks nanoseconds of guest time. `null` means "does not apply or
 * not known".
 */
import type {Disk} from './disk.ts';
import type {Retention, Snapshot} from './snapshot.ts';

/** The states in virsh's own words (`virsh list --all --managed-save`; virsh(1), "list"). */
export const domainStates = [
	'running',
	'idle',
	'paused',
	'in shutdown',
	'shut off',
	'crashed',
	'pmsuspended',
	'saved',
	'no state',
] as const;

export type DomainState = (typeof domainStates)[number];

export type Firmware = {
	readonly kind: 'bios' | 'uefi';
	/** The file of the variables: NVRAM, or the JSON of QEMU's uefi-vars device; null for BIOS, or UEFI without variables. */
	readonly nvram: {readonly file: string; readonly format: string} | null;
};

export type Domain = {
	readonly uuid: string;
	/** Sanitise before drawing; address the domain by UUID. */
	readonly name: string;
	/** Null while it is not active. */
	readonly id: number | null;
	readonly state: DomainState;
	/** libvirt's reason for the state (`virsh domstate --reason`); null where it has not been asked. */
	readonly stateReason: string | null;
	readonly persistent: boolean;
	readonly managedSave: boolean;
	/** The file of the managed save; null where there is none, or where it cannot be looked at. */
	readonly savedMemory: SavedMemory | null;
	/** Maximum memory, bytes. */
	readonly memoryBytes: number;
	/** `kvm`, `qemu` (TCG)… the `<domain type=…>`. */
	readonly type: string;
	readonly firmware: Firmware;
	/** Devices whose state QEMU cannot save or migrate, in words: `hostdev pci`, `filesystem virtiofs`, `cpu invtsc`. */
	readonly unsavable: readonly string[];
	readonly tpm: boolean;
	/** Guest agent channel: none in the XML, configured, or connected (it answers). */
	readonly agent: 'none' | 'disconnected' | 'connected';
	readonly disks: readonly Disk[];
	/** While it is active: what its next start brings beside these (`attach-disk --config`). Left out where that is nothing. */
	readonly pendingDisks?: readonly Disk[];
	readonly snapshots: readonly Snapshot[];
	/** As its metadata has them, with which it starts the next time; also of snapshots that are gone. */
	readonly retentions: readonly Retention[];
	/** What could not be read about this domain; the rest is still good. */
	readonly problems: readonly string[];
};

export type SavedMemory = {readonly file: string; readonly bytes: number; readonly writtenAt: string};

/** What this hypervisor can do, probed rather than concluded from a version where libvirt tells. */
export type Host = {
	/** The URI virsh was told to use, or null for virsh's own default. */
	readonly uri: string | null;
	/** Why files of the same paths here are not those that libvirt means, to stand within a sentence; null where they are. */
	readonly elsewhere: string | null;
	/** The daemon of the whole machine, rather than a user's own. */
	readonly system: boolean;
	readonly libvirt: string;
	readonly qemu: string;
	/** `<externalSnapshot/>` in the capabilities (libvirt >= 9.9): reverts and deletes external snapshots natively. */
	readonly externalSnapshots: boolean;
	/** Why virsh asks libvirt; null where its own protocol is spoken, which is faster. */
	readonly throughVirsh: string | null;
};

export type Inventory = {
	readonly host: Host;
	readonly domains: readonly Domain[];
};

/**
 * True where QEMU is running for the domain, so that images are locked and the monitor answers. A guest that crashed may have left its
 * QEMU there (`<on_crash>preserve`, a panic device): then the domain has an id.
 */
export function isActive(domain: Pick<Domain, 'state'> & Partial<Pick<Domain, 'id'>>): boolean {
	if (domain.state === 'crashed') return typeof domain.id === 'number';
	return !['shut off', 'saved', 'no state'].includes(domain.state);
}

/** QEMU can save its state while the guest does not have it mounted. */
export const sharedFolder = 'filesystem 9p';

/** QEMU can save its state where the host has nothing that cannot move to another one, such as an invariant TSC. */
export const unmigratableCpu = 'cpu migratable=off';

/** Whether QEMU alone knows if memory can be saved now: it depends on what the guest has mounted, or on the host's CPU. */
export function isSavableAtTimes(domain: Pick<Domain, 'state' | 'id' | 'unsavable'>): boolean {
	const {unsavable} = domain;
	return (
		isActive(domain) && unsavable.length > 0 && unsavable.every(one => [sharedFolder, unmigratableCpu].includes(one))
	);
}

/** Disks whose contents a snapshot has to cover: writable, with a medium. CD-ROMs and floppies are left out, as libvirt does. */
export function writableDisks(domain: Pick<Domain, 'disks'>): Disk[] {
	return domain.disks.filter(isWritable);
}

/** Whether a snapshot has to cover its contents. */
export function isWritable({readonly, source, device}: Pick<Disk, 'readonly' | 'source' | 'device'>): boolean {
	return !readonly && source !== null && device !== 'cdrom' && device !== 'floppy';
}
