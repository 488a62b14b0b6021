/** Why something cannot be done: said before anything was touched. */

import type {Remedy} from './remedy.ts';

export type RefusalCode =
	| 'not-found' // no such domain or snapshot
	| 'bad-tag' // empty, numeric, a slash, control characters
	| 'tag-exists'
	| 'ambiguous-tag' // reads as another snapshot's ID, or stands twice in one table
	| 'wrong-state' // the method wants the domain running, or shut off
	| 'saved-memory' // a managed save would resume on other disk contents
	| 'raw-disk' // internal snapshots need qcow2
	| 'unsupported-disk' // network, lun, shareable, transient…
	| 'no-disk' // nothing writable to take a snapshot of
	| 'unreadable-image'
	| 'uefi-nvram' // raw NVRAM: no internal snapshot
	| 'unsavable-device' // VFIO, virtiofs…: no memory
	| 'has-dependants' // other domains or overlays stand on this image
	| 'disks-changed' // saved memory belongs to other disk contents
	| 'bad-name' // no name for a new domain
	| 'ambiguous-name' // a domain's name that is another one's id
	| 'unhealthy' // orphaned, partial, replaced, missing files
	| 'has-children'
	| 'not-leaf'
	| 'no-external-revert' // this libvirt cannot, and no plan of ours can here
	| 'file-exists'
	| 'no-space'
	| 'not-writable'
	| 'method-mismatch' // the method asked for cannot do this to this snapshot
	| 'no-agent'
	| 'busy' // block job, other operation under way
	| 'readonly-host' // marked so in the configuration
	| 'protected' // a snapshot that is not to be deleted
	| 'bad-date'
	| 'no-editor' // a person's own editor did not do its part
	| 'unchanged' // it is so already
	| 'unsupported'; // this QEMU or libvirt cannot do it

/** An expected impossibility, said before anything was touched. */
export type Refusal = {
	readonly code: RefusalCode;
	/** What stands in the way, plain and short. */
	readonly reason: string;
	/** What to do instead, as a command or a key wherever there is one. */
	readonly remedy: Remedy;
};

/** The one maker of refusals. */
export function refuse(code: RefusalCode, reason: string, remedy: Remedy): Refusal {
	return {code, reason, remedy};
}
