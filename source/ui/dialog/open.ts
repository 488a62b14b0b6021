/** Opening a dialog: for a new task, for the undo of a finished operation, or for an interrupted one. */

import {dirname} from 'node:path/posix';
import type {Domain} from '../../core/model/domain.ts';
import type {Intent} from '../../core/model/intent.ts';
import type {Receipt} from '../../core/model/receipt.ts';
import type {Snapshot} from '../../core/model/snapshot.ts';
import {deletionOf} from '../../core/planning/several/turn.ts';
import type {Next} from '../state/actions.ts';
import type {Dialog, Task} from '../state/dialog.ts';
import {selectedDomain, selectedRow, selectedSnapshot} from '../state/rows.ts';
import type {State} from '../state/state.ts';
import {field} from '../terminal/text-field.ts';

/** `proposed`: an intent to begin with. */
export function openDialog(state: State, task: NewTask, proposed?: Intent): Next {
	const domain = selectedDomain(state);
	if (domain === null) return [state, []];
	const {uuid, name} = domain;
	const token = state.tokens + 1;
	const memory = selectedRow(state)?.listed.kind === 'managed-save' ? MEMORY[task] : undefined;
	// A clone is one of the domain, unless a snapshot is what the key is pressed on.
	const snapshot = task === 'clone' && state.focus === 'domains' ? null : selectedSnapshot(state);
	const intent = proposed ?? memory ?? firstIntent(task, domain, snapshot);
	const screen: Dialog = {...BLANK_DIALOG, task: memory ? 'memory' : task, token, uuid, domainName: name, intent};
	const directory = intent?.verb === 'create' ? intent.dir : undefined;
	const around = directory === undefined ? {} : {directory};
	return [
		{...state, screen, tokens: token, notice: interruptedThere(state, uuid)},
		[{type: 'read-facts', uuid, token, ...around}],
	];
}

/** Tasks that begin with an intent; the others begin with a receipt. */
export type NewTask = Exclude<Task, 'recover' | 'undo'>;

/** What reverting to saved memory and deleting it are. */
const MEMORY: Readonly<Partial<Record<Task, Intent>>> = {revert: {verb: 'restore'}, delete: {verb: 'drop'}};

export const BLANK_DIALOG: Omit<Dialog, 'task' | 'token' | 'uuid' | 'domainName'> = {
	name: 'dialog',
	intent: null,
	facts: null,
	recovery: null,
	undoes: null,
	several: null,
	failure: null,
	steps: [],
	at: 0,
	resume: 0,
	field: field(''),
	option: 0,
	row: null,
	outcome: null,
	armed: false,
	arming: 0,
	top: 0,
};

function firstIntent(task: NewTask, domain: Domain, snapshot: Snapshot | null): Intent | null {
	if (task === 'memory' || task === 'reclaim') return null;
	if (task === 'clone') return {verb: task, name: '', ...(snapshot && {tag: snapshot.tag})};
	if (task === 'create') return {verb: task, tag: ''};
	if (task === 'revert') return {verb: task, tag: snapshot?.tag ?? ''};
	if (task === 'edit') return {verb: task, tag: snapshot?.tag ?? '', description: snapshot?.description ?? ''};
	if (task === 'rename') return {verb: 'edit', tag: snapshot?.tag ?? '', newTag: snapshot?.tag ?? ''};
	if (task === 'protect') return {verb: 'edit', tag: snapshot?.tag ?? '', protect: !snapshot?.protected};
	if (task === 'expire') return {verb: 'edit', tag: snapshot?.tag ?? '', expires: snapshot?.expiresAt ?? 'never'};
	if (task !== 'delete') return {verb: task};
	return snapshot === null ? {verb: task, tag: ''} : deletionOf(domain, snapshot);
}

/** A finished operation, to be undone. */
export function openUndo(state: State, receipt: Receipt): Next {
	const {domain, file} = receipt.plan;
	const token = state.tokens + 1;
	const {uuid, name} = domain;
	const screen: Dialog = {...BLANK_DIALOG, task: 'undo', token, uuid, domainName: name, undoes: receipt};
	const around = file === undefined ? {} : {file, directory: dirname(file)};
	return [
		{...state, screen, tokens: token, notice: interruptedThere(state, uuid)},
		[{type: 'read-facts', uuid, token, ...around}],
	];
}

/** An operation that was interrupted or failed. */
export function openRecovery(state: State, receipt: Receipt): Next {
	const {uuid, name} = receipt.plan.domain;
	const token = state.tokens + 1;
	const recovery = {receipt, found: null, choice: null};
	const screen: Dialog = {...BLANK_DIALOG, task: 'recover', token, uuid, domainName: name, recovery};
	return [{...state, screen, tokens: token}, [{type: 'read-recovery', id: receipt.id, token}]];
}

/** An earlier operation may have left the domain half changed, and a new plan would begin from there. */
function interruptedThere({interrupted}: State, uuid: string): State['notice'] {
	const left = interrupted.find(({plan}) => plan.domain.uuid === uuid);
	if (left === undefined) return null;
	return {tone: 'warn', text: `This domain has an interrupted ${left.plan.verb}: Esc, then u shows the choices`};
}
