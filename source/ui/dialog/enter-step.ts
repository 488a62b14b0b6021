/** Moving between the steps of a dialog. */
import type {Intent} from '../../core/model/intent.ts';
import type {Next} from '../state/actions.ts';
import type {Dialog} from '../state/dialog.ts';
import {splitKey} from '../state/hosts/placed.ts';
import type {State} from '../state/state.ts';
import {field, proposal} from '../terminal/text-field.ts';
import {menuRows} from './menu/menu.ts';
import {moveOption} from './options/cursor.ts';
import {typedNameRefusal} from './outcome.ts';
import {withReviewed} from './several/reviewed.ts';
import {textStep, type Unread, unreadOf} from './text/steps.ts';

/** To the next step, unless the name is refused; by way of new facts where the intent names what was not looked at yet. */
export function continueDialog(state: State, dialog: Dialog): Next {
	const refusal = textStep(dialog) === null ? null : typedNameRefusal(dialog);
	if (refusal) return [{...state, notice: {tone: 'warn', text: refusal.reason}}, []];
	const unread = dialog.facts === null ? null : unreadOf(dialog.facts, dialog.intent);
	return unread === null ? enter(state, dialog, dialog.at + 1) : readMore(state, dialog, unread);
}

function readMore(state: State, dialog: Dialog, unread: Unread): Next {
	const token = state.tokens + 1;
	const screen: Dialog = {...dialog, token, facts: null, resume: dialog.at + 1};
	return [{...state, tokens: token, screen}, [{type: 'read-facts', domain: dialog.domain, token, ...unread}]];
}

/** To a step; one that is a review is armed. */
export function enter(state: State, dialog: Dialog, at: number): Next {
	const next = enterStep(dialog, at);
	if (next.steps[at] !== 'review') return [{...state, screen: next}, []];
	const [armed, effects] = arm(state, withReviewed(next));
	const planned = next.several === null && next.outcome !== null && 'plan' in next.outcome;
	return [armed, planned ? [...effects, {type: 'prepare', host: splitKey(next.domain).host}] : effects];
}

/** Going to a step fills its field from the intent, going back to it for more typing; a review starts unarmed, at its top. */
export function enterStep(dialog: Dialog, at: number): Dialog {
	const {intent} = dialog;
	const entered = {...dialog, at, top: 0, armed: false, field: field('')};
	const text = textStep(entered);
	if (text !== null && intent !== null)
		return {...entered, field: (at < dialog.at || changesText(dialog) ? field : proposal)(text.read(intent))};
	switch (dialog.steps[at]) {
		case 'menu':
			return {...entered, row: chosenRow(dialog)};
		case 'disks':
		case 'options':
			return moveOption({...entered, option: -1}, 1);
		default:
			return entered;
	}
}

/** What is there is changed, not proposed. */
const changesText = ({task}: Dialog): boolean => task === 'edit' || task === 'rename';

/** What was chosen before, else the best. */
function chosenRow(dialog: Dialog): string | null {
	const rows = menuRows(dialog);
	return (rows.find(({id}) => id === chosenBefore(dialog.intent)) ?? rows[0])?.id ?? null;
}

function chosenBefore(intent: Intent | null): string | undefined {
	if (intent?.verb === 'clone') return intent.full ? 'full' : 'linked';
	return intent?.verb === 'create' ? intent.method : undefined;
}

/** Enter counts again only some time after this; the clock of an earlier dialog is told apart as well. */
export function arm(state: State, dialog: Dialog): Next {
	const arming = state.tokens + 1;
	return [{...state, tokens: arming, screen: {...dialog, armed: false, arming}}, [{type: 'arm', arming}]];
}
