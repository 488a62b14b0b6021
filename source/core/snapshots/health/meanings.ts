/** What each health of a snapshot means, and what is safe then. */
import type {Health} from '../../model/snapshot.ts';

type Meaning = {
	readonly meaning: string;
	/** What can be done with such a snapshot, without naming keys or commands. */
	readonly safe: string;
};

export const healthMeanings: Readonly<Record<Health, Meaning>> = {
	ok: {meaning: 'libvirt and every disk agree.', safe: 'Revert and delete.'},
	unmanaged: {
		meaning: 'In the image only; libvirt does not know of it.',
		safe: 'Revert and delete with virsnap, which works on the image itself; virsh does not see it.',
	},
	partial: {
		meaning: 'On some of the writable disks only.',
		safe: 'Delete the rest. No revert: it would mix two points in time.',
	},
	orphaned: {
		meaning: 'libvirt describes it, but its data is gone from the image.',
		safe: "Do what its reason says, or delete libvirt's record. Never revert: that shuts a running domain off.",
	},
	'missing-files': {
		meaning: 'Files of this external snapshot are gone.',
		safe: "Bring the file back, or delete libvirt's record.",
	},
	replaced: {
		meaning: 'Another snapshot took its name: what libvirt describes is gone.',
		safe: 'Delete it. Go by what the image holds, not by what libvirt says.',
	},
	'in-use': {
		meaning: 'Another domain that runs writes to the base of this external snapshot.',
		safe: 'Shut that domain down first. What it has written may have changed what the snapshot holds.',
	},
	unchecked: {
		meaning: 'libvirt describes it; not verified whether its data exists.',
		safe: 'Make the image readable first.',
	},
};
