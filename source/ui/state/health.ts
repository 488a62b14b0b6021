/** The health of a snapshot in words: what it means and what is safe to do next. */
import type {Health} from '../../core/model/snapshot.ts';
import type {Tone} from '../terminal/theme.ts';

type HealthWords = {
	/** For a narrow column. */
	readonly short: string;
	readonly tone: Tone;
	readonly meaning: string;
	readonly next: string;
};

export const HEALTH: Readonly<Record<Health, HealthWords>> = {
	ok: {short: 'ok', tone: 'ok', meaning: 'libvirt and every disk agree.', next: 'r reverts, d deletes.'},
	unmanaged: {
		short: 'unmanaged',
		tone: 'warn',
		meaning: 'In the image only; libvirt does not know of it.',
		next: 'r reverts and d deletes in the image itself.',
	},
	partial: {
		short: 'partial',
		tone: 'bad',
		meaning: 'On some of the writable disks only.',
		next: 'd deletes what is left of it. No revert: it would mix two points in time.',
	},
	orphaned: {
		short: 'orphaned',
		tone: 'bad',
		meaning: 'libvirt describes it, but its data is gone from the image.',
		next: "d deletes libvirt's record. Never revert: that shuts a running domain off.",
	},
	'missing-files': {
		short: 'missing',
		tone: 'bad',
		meaning: 'Files of this external snapshot are gone.',
		next: "d deletes libvirt's record, or bring the file back and press R.",
	},
	replaced: {
		short: 'replaced',
		tone: 'bad',
		meaning: 'Another snapshot took its name: what libvirt describes is gone.',
		next: 'd deletes it. Go by what the image holds, not by what libvirt says.',
	},
	unchecked: {
		short: 'unchecked',
		tone: 'warn',
		meaning: 'libvirt describes it; not verified whether its data exists.',
		next: 'Make its image readable, and press R.',
	},
};
