/** What keys do while a batch is carried out, and after it. */
import type {Act} from '../../state/actions.ts';
import type {Condition} from '../../state/conditions.ts';

export const isBatchRunning: Condition = ({batch}) => {
	if (batch === null || batch.over) return 'it has ended';
	return !batch.stopping || 'a stop was already requested';
};

export const isBatchOver: Condition = ({batch}) => batch?.over === true || 'it has not ended yet';

export const openBatch: Act = state =>
	state.batch === null ? [state, []] : [{...state, screen: {name: 'batch', top: 0}}, []];

/** The one that is under way goes to its end, so that nothing is left half done. */
export const stopBatch: Act = state =>
	state.batch === null ? [state, []] : [{...state, batch: {...state.batch, stopping: true}}, []];
