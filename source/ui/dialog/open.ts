/** Opening a dialog: for a new task, for the undo of a finished operation, or for an interrupted one. */

import {dirname} from 'node:path/posix';
import type {Domain} from '../../core/model/domain.ts';
import {foldersOf, type Intent} from '../../core/model/intent.ts';
import type {Receipt} from '../../core/model/receipt.ts';
import type {Snapshot} from '../../core/model/snapshot.ts';
import {deletionOf, meaning} from '../../core/planning/several/turn.ts';
import type {Next} from '../state/actions.ts';
import type {Dialog, Task} from '../state/dialog.ts';
import {calledOn, type DomainKey, type HostName, keyOf, splitKey} from '../state/hosts/placed.ts';
import {selectedDomain, selectedRow, selectedSnapshot} from '../state/rows.ts';
import type {State} from '../state/state.ts';
import {interruptedOn} from '../state/works.ts';
import {field} from '../terminal/text-field.ts';

/** `proposed`: an intent to begin with. */
export function openDialog(state: State, task: NewTask, proposed?: Intent): Next {
	const domain = selectedDomain(state);
	if (domain === null) return [state, []];
	const {key} = domain;
	const token = state.tokens + 1;
	const memory = selectedRow(state)?.listed.kind === 'managed-save' ? MEMORY[task] : undefined;
	// A clone is one of the domain, unless a snapshot is what the key is pressed on.
	const snapshot = task === 'clone' && state.focus === 'domains' ? null : selectedSnapshot(state);
	const intent = proposed ?? memory ?? firstIntent(task, domain, snapshot);
	const screen: Dialog = {...BLANK_DIALOG, task: memory ? 'memory' : task, token, ...about(key, domain.name), intent};
	const folders = intent?.verb === 'create' ? foldersOf(intent) : [];
	const around = folders.length === 0 ? {} : {folders};
	return [
		{...state, screen, tokens: token, notice: interruptedThere(state, key)},
		[{type: 'read-facts', domain: key, token, ...around}],
	];
}

/** Of which domain, and how its title calls it. */
const about = (domain: DomainKey, name: string): Pick<Dialog, 'domain' | 'domainName'> => ({
	domain,
	domainName: calledOn(splitKey(domain).host, name),
});

/** Tasks that begin with an intent; the others begin with a receipt. */
export type NewTask = Exclude<Task, 'recover' | 'undo'>;

/** What reverting to saved memory and deleting it are. */
const MEMORY: Readonly<Partial<Record<Task, Intent>>> = {revert: {verb: 'restore'}, delete: {verb: 'drop'}};

export const BLANK_DIALOG: Omit<Dialog, 'task' | 'token' | 'domain' | 'domainName'> = {
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
	if (task === 'clone') return {verb: task, name: '', ...(snapshot && meaning(domain, snapshot))};
	if (task === 'create') return {verb: task, tag: ''};
	if (task === 'revert') return {verb: task, ...(snapshot ? meaning(domain, snapshot) : {tag: ''})};
	if (task === 'edit') return {verb: task, tag: snapshot?.tag ?? '', description: snapshot?.description ?? ''};
	if (task === 'rename') return {verb: 'edit', tag: snapshot?.tag ?? '', newTag: snapshot?.tag ?? ''};
	if (task === 'protect') return {verb: 'edit', tag: snapshot?.tag ?? '', protect: !snapshot?.protected};
	if (task === 'expire') return {verb: 'edit', tag: snapshot?.tag ?? '', expires: snapshot?.expiresAt ?? 'never'};
	if (task !== 'delete') return {verb: task};
	return snapshot === null ? {verb: task, tag: ''} : deletionOf(domain, snapshot);
}

/** A finished operation, to be undone. */
export function openUndo(state: State, host: HostName, receipt: Receipt): Next {
	const {domain, file} = receipt.plan;
	const token = state.tokens + 1;
	const key = keyOf(host, domain.uuid);
	const screen: Dialog = {...BLANK_DIALOG, task: 'undo', token, ...about(key, domain.name), undoes: receipt};
	const around = file === undefined ? {} : {file, folders: [dirname(file)]};
	return [
		{...state, screen, tokens: token, notice: interruptedThere(state, key)},
		[{type: 'read-facts', domain: key, token, ...around}],
	];
}

/** An operation that was interrupted or failed. */
export function openRecovery(state: State, host: HostName, receipt: Receipt): Next {
	const {uuid, name} = receipt.plan.domain;
	const token = state.tokens + 1;
	const recovery = {receipt, found: null, choice: null};
	const screen: Dialog = {...BLANK_DIALOG, task: 'recover', token, ...about(keyOf(host, uuid), name), recovery};
	return [{...state, screen, tokens: token}, [{type: 'read-recovery', host, id: receipt.id, token}]];
}

/** An earlier operation may have left the domain half changed, and a new plan would begin from there. */
function interruptedThere(state: State, domain: DomainKey): State['notice'] {
	const left = interruptedOn(state, domain);
	if (left === null) return null;
	return {
		tone: 'warn',
		text: `This domain has an interrupted ${left.receipt.plan.verb}: Esc, then u shows the choices`,
	};
}
