/** What the marked snapshots hold. */
import type {SnapshotSizes} from '../../../core/model/snapshot.ts';
import {ownInAll} from '../../../core/snapshots/contents/sizes.ts';
import type {State} from '../../state/state.ts';
import {markedOfAll, sizesOfAllRow} from './rows.ts';

const UNKNOWN: SnapshotSizes = {
	tag: '',
	duplicates: 0,
	about: false,
	ownBytes: null,
	sinceBytes: null,
	reason: null,
	disks: [],
};

/** "marked OWN ~12 MiB": what is marked, each alone; empty where nothing is, or nothing is known. */
export function ownOfAll(state: State): string {
	const marked = markedOfAll(state).map(row => sizesOfAllRow(state, row) ?? UNKNOWN);
	const own = ownInAll(marked);
	return own === null ? '' : `marked ${own}`;
}
