/** What keys of the list of all snapshots do to those that are marked, or to the one under the cursor. */
import type {SeveralIntent} from '../../core/planning/several/turn.ts';
import {openSeveral} from '../dialog/several/open.ts';
import {type AllRow, markedOfAll, selectedOfAll} from '../lists/all/rows.ts';
import {isBatchRunning} from '../operations/batch/acts.ts';
import type {Act} from '../state/actions.ts';
import {type Condition, closedReason} from '../state/conditions.ts';
import type {State} from '../state/state.ts';

function chosenOf(state: State): readonly AllRow[] {
	const marked = markedOfAll(state);
	if (marked.length > 0) return marked;
	return [selectedOfAll(state) ?? []].flat();
}

/** One set at a time: what the running one leaves is not known yet. */
export const severalTaken: Condition = state => {
	const hosts = new Set(chosenOf(state).map(({domain}) => domain.host));
	for (const host of hosts) {
		const closed = closedReason(state, host);
		if (closed !== null) return closed;
	}
	if (isBatchRunning(state) === true || state.batch?.over === false) return 'others are still under way: o shows them';
	return chosenOf(state).length > 0 || 'no snapshot is selected';
};

const withChosen =
	(intent: (rows: readonly AllRow[]) => SeveralIntent): Act =>
	state => {
		const rows = chosenOf(state);
		return openSeveral(
			state,
			intent(rows),
			rows.map(({mark}) => mark),
		);
	};

export const deletesChosen = withChosen(() => ({verb: 'delete', tag: ''}));

export const protectsChosen = withChosen(rows => ({
	verb: 'edit',
	tag: '',
	protect: rows.some(({cells}) => !cells.protected),
}));

export const expiresChosen = withChosen(() => ({verb: 'edit', tag: '', expires: '30d'}));
