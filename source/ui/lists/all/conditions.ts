/** Whether a key of the list of all snapshots can act now. */
import type {Condition} from '../../state/conditions.ts';
import {expiredOfAll, markedOfAll, selectedOfAll} from './rows.ts';

export const anyOfAll: Condition = state => selectedOfAll(state) !== null || 'no snapshot is selected';

export const anyExpiredOfAll: Condition = state => expiredOfAll(state).length > 0 || 'no snapshot here has expired';

/** One that is marked, and is not the one under the cursor. */
export const markedOfAllToReach: Condition = state =>
	markedOfAll(state).some(({key}) => key !== state.all.cursor.key) || 'mark one end of the range first';
