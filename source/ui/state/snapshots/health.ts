/** The health of a snapshot in words: what it means and what is safe to do next. */
import type {Health} from '../../../core/model/snapshot.ts';
import type {Tone} from '../../terminal/theme.ts';

type HealthWords = {
	/** For a narrow column. */
	readonly short: string;
	readonly tone: Tone;
	readonly next: string;
};

export const HEALTH: Readonly<Record<Health, HealthWords>> = {
	ok: {short: 'ok', tone: 'ok', next: 'r reverts, d deletes.'},
	unmanaged: {
		short: 'unmanaged',
		tone: 'warn',
		next: 'r reverts and d deletes in the image itself.',
	},
	partial: {
		short: 'partial',
		tone: 'bad',
		next: 'd deletes the rest. No revert: it would mix two points in time.',
	},
	orphaned: {
		short: 'orphaned',
		tone: 'bad',
		next: "Do what Health says, or d deletes libvirt's record. Never revert: that shuts a running domain off.",
	},
	'missing-files': {
		short: 'missing',
		tone: 'bad',
		next: "d deletes libvirt's record, or bring the file back and press R.",
	},
	replaced: {
		short: 'replaced',
		tone: 'bad',
		next: 'd deletes it. Go by what the image holds, not by what libvirt says.',
	},
	'in-use': {
		short: 'in use',
		tone: 'bad',
		next: 'Shut the other domain down first: it writes to what the snapshot goes back to.',
	},
	unchecked: {
		short: 'unchecked',
		tone: 'warn',
		next: 'Make its image readable, and press R.',
	},
};
