/** `(state, action) → [state, effects]`: pure. What takes time or touches the world is returned as an effect. */
import {factsArrived, recoveryArrived} from './dialog/arrive.ts';
import {chooseRow, highlightRow} from './dialog/menu/cursor.ts';
import {finished, settleRound} from './dialog/round.ts';
import {severalArrived, togetherArrived} from './dialog/several/open.ts';
import {typed} from './dialog/text/typing.ts';
import {insideAnswered} from './inside/acts.ts';
import {pressKey, typeText} from './keys/press.ts';
import {settleAll} from './lists/all/cursor.ts';
import {settle} from './lists/reduce-lists.ts';
import {sizesRead, wantSizes} from './lists/reduce-sizes.ts';
import {batchFacts, batchWorkEnded} from './operations/batch/turns.ts';
import {found, workFailed, workReported} from './operations/reduce-operations.ts';
import {content} from './reading/content.ts';
import {pictureRead, resized} from './reading/reduce-picture.ts';
import type {Action, Next} from './state/actions.ts';
import type {Dialog} from './state/dialog.ts';
import {contacted, fileSystemsTold, viewed} from './state/hosts/reduce-hosts.ts';
import {withoutLostMarks} from './state/marks.ts';
import {END} from './state/paging.ts';
import type {State} from './state/state.ts';
import {field} from './terminal/text-field.ts';

export function reduce(before: State, action: Action): Next {
	const [after, effects] = step(before, action);
	const settled = settleAll(before, settle(before, settleRound(before, withoutLostMarks(before, after))));
	const [state, wanted] = wantSizes(settled);
	return [state, wanted.length === 0 ? effects : [...effects, ...wanted]];
}

function step(state: State, action: Action): Next {
	switch (action.type) {
		case 'key':
			return pressKey(state, action.key, content(state).length);
		case 'text':
			return typeText(state, action.text);
		case 'notice':
			return [{...state, notice: action.notice}, []];
		case 'resize':
			return resized(state, action.size);
		case 'views':
			return [viewed(state, action.views), []];
		case 'contact':
			return [contacted(state, action.host, action.contact), []];
		case 'file-systems':
			return [fileSystemsTold(state, action.host, action.fileSystems), []];
		case 'sizes':
			return sizesRead(state, action);
		case 'picture':
			return pictureRead(state, action.shown);
		case 'pixels':
			return [{...state, pixels: action.pixels}, []];
		case 'tick':
			return [{...state, now: action.now}, []];
		case 'log':
			return [{...state, screen: {name: 'log', entries: action.entries, top: END}}, []];
		case 'receipt':
			return [workReported(state, action.key, action.receipt), []];
		case 'finished':
			return batchWorkEnded(state, finished(state, action.key, action.receipt), action.key, action.receipt);
		case 'work-failed':
			return batchWorkEnded(state, [workFailed(state, action.key, action.reason), []], action.key, action.reason);
		case 'together':
			return [togetherArrived(state, action), []];
		case 'look-back':
			return [state, [action]];
		case 'found':
			return found(state, action);
		case 'opened':
		case 'not-open':
			return insideAnswered(state, action);
		case 'closed':
			return [{...state, notice: {tone: 'ok', text: `Closed: ${action.receipt.message}`}}, [{type: 'look-back'}]];
		default:
			return answered(state, action);
	}
}

type ToScreen = Extract<
	Action,
	{type: 'facts' | 'facts-failed' | 'recovery' | 'menu-highlighted' | 'menu-chosen' | 'text-edited' | 'armed'}
>;

/** What the screen asked for. One that was left, or opened again, is told apart by its token. */
function answered(state: State, action: ToScreen): Next {
	const {screen} = state;
	const isFacts = action.type === 'facts' || action.type === 'facts-failed';
	const turn = isFacts ? batchFacts(state, action.token, factsIn(action)) : null;
	if (turn !== null) return turn;
	if (screen.name === 'dialog') return toDialog(state, screen, action);
	if (screen.name !== 'chains' || action.type !== 'facts' || screen.token !== action.token) return [state, []];
	return [{...state, screen: {...screen, unused: action.facts.reclaimable}}, []];
}

const factsIn = (action: Extract<Action, {type: 'facts' | 'facts-failed'}>) =>
	action.type === 'facts' ? action.facts : action.reason;

function toDialog(state: State, dialog: Dialog, action: ToScreen): Next {
	if ('token' in action && action.token !== dialog.token) return [state, []];
	switch (action.type) {
		case 'facts':
			if (dialog.several !== null) return severalArrived(state, dialog, action.domain, action.facts);
			return factsArrived(state, dialog, action.facts);
		case 'facts-failed':
			if (dialog.several !== null) return severalArrived(state, dialog, action.domain!, action.reason);
			return [{...state, screen: {...dialog, failure: action.reason}}, []];
		case 'recovery':
			return recoveryArrived(state, dialog, action.recovery);
		case 'menu-highlighted':
			return [{...state, notice: null, screen: highlightRow(dialog, action.row)}, []];
		case 'menu-chosen':
			return chooseRow({...state, notice: null}, dialog, action.row);
		case 'text-edited':
			return typed(state, dialog, field(action.text));
		case 'armed':
			return [dialog.arming === action.arming ? {...state, screen: {...dialog, armed: true}} : state, []];
	}
}
