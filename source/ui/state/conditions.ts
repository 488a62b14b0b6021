/** Whether a key can act now: true, or in one sentence why not. */

import {isActive} from '../../core/model/domain.ts';
import {undoable} from '../../core/recover/undo.ts';
import {t} from '../../core/words/text.ts';
import type {HostName} from './hosts/placed.ts';
import {expiredKeys} from './marks.ts';
import {asKeys} from './remedy-text.ts';
import {selectedDomain, selectedFold, selectedRow, selectedSnapshot} from './rows.ts';
import type {Pane, State} from './state.ts';
import {domainOf, shownWork, stopOf, subjectOfWork, underWay} from './works.ts';

/** True, or in one sentence why not. */
export type Condition = (state: State) => true | string;

export const always = (): true => true;

const noDomain = (state: State): string =>
	selectedFold(state) === null ? 'no domain is selected' : 'the host is folded: z unfolds it';

export const anyDomain = (state: State) => selectedDomain(state) !== null || noDomain(state);
/** A domain, or a folded host. */
export const anyRow = (state: State) => selectedFold(state) !== null || anyDomain(state);
export const anySnapshot = (state: State) => {
	if (selectedDomain(state) === null) return noDomain(state);
	return selectedRow(state) !== null || 'no snapshot is selected';
};

/** What libvirt has a record of; saved memory is no snapshot. */
export const describable = (state: State): true | string => {
	const answer = anySnapshot(state);
	if (answer !== true) return answer;
	const snapshot = selectedSnapshot(state);
	if (snapshot === null) return 'saved memory has no description';
	return snapshot.libvirt || 'libvirt has no record';
};

/** What libvirt alone knows by its tag: an image has none of it. */
export const renamable = (state: State): true | string => {
	const answer = anySnapshot(state);
	if (answer !== true) return answer;
	const snapshot = selectedSnapshot(state);
	if (snapshot === null) return 'saved memory is no snapshot';
	return snapshot.kind !== 'internal' || 'its tag inside an image cannot be changed';
};

/** What can be protected or expire; saved memory is no snapshot. */
export const keepable = (state: State): true | string => {
	const answer = anySnapshot(state);
	return answer === true && selectedSnapshot(state) === null ? 'saved memory is no snapshot' : answer;
};

export const anyExpired = (state: State) => expiredKeys(state).length > 0 || 'no snapshot of this domain has expired';

export const markable = (state: State) => (state.focus === 'domains' ? anyDomain(state) : anySnapshot(state));

/** Why nothing is changed on a host; null where it can be. Of one that is lost all is old, and no plan is made from that. */
export function closedReason({hosts}: State, name: HostName): string | null {
	const host = hosts.find(one => one.name === name);
	if (host?.readonly) return t`${name ?? 'this host'} is marked readonly in the configuration`;
	if (host?.view.connection.status !== 'lost') return null;
	return name === null ? 'the connection to libvirt is lost' : t`the connection to ${name} is lost`;
}

/** One plan at a time on a domain: the next would be made from facts that the running one is changing. */
export const idle = (state: State): true | string => {
	const domain = selectedDomain(state);
	const closed = closedReason(state, domain?.host ?? null);
	if (closed !== null) return closed;
	const busy = underWay(state).find(work => domainOf(work) === domain?.key);
	return busy === undefined || `${subjectOfWork(busy)} is still under way: o shows it`;
};

export const both =
	(...conditions: readonly Condition[]): Condition =>
	state =>
		conditions.map(condition => condition(state)).find(answer => answer !== true) ?? true;

export const domainIs = (wanted: 'active' | 'inactive') => (state: State) => {
	const domain = selectedDomain(state);
	if (domain === null) return noDomain(state);
	if (isActive(domain) === (wanted === 'active')) return true;
	return wanted === 'active' ? `the domain is ${domain.state}, not running` : `the domain is already ${domain.state}`;
};

export const pausable = (state: State) => {
	const domain = selectedDomain(state);
	if (domain === null) return noDomain(state);
	return ['running', 'idle', 'paused'].includes(domain.state) || `the domain is ${domain.state}`;
};

/** Before the receipts are read nobody knows that there is none. */
const noneOf = ({hosts, lookedBack}: State, none: string): string =>
	hosts.every(({name}) => lookedBack.includes(name)) ? none : 'the receipts are not read yet';

export const anyOperation = (state: State) =>
	state.batch !== null || state.works.length > 0 || noneOf(state, 'none yet');

export const anyInterrupted = (state: State) =>
	state.interrupted.length > 0 || noneOf(state, 'no interrupted operations');

export const copyable = ({screen}: State) =>
	(screen.name === 'dialog' && screen.outcome !== null && 'plan' in screen.outcome) || 'there is no plan to copy';

export const inDescription = ({screen}: State) =>
	(screen.name === 'dialog' && screen.steps[screen.at] === 'description') ||
	'this is one line; descriptions may be longer';

export const isOpen = ({screen}: State) => (screen.name === 'inside' && screen.opened !== null) || 'it is not open';

export const unused = ({screen}: State) =>
	(screen.name === 'chains' && (screen.unused?.length ?? 0) > 0) || 'no overlay was found that nothing uses';

export const changesLogged = ({screen}: State) =>
	(screen.name === 'log' && screen.entries.some(({changes}) => changes)) || 'no command has changed anything yet';

export const cancellable = (state: State) => {
	const work = shownWork(state);
	if (work === null || work.finished) return 'it has ended';
	if (work.cancelled) return 'a cancel was already requested';
	if (work.receipt === null) return 'it is being checked, and has not begun';
	return stopOf(work.receipt) !== 'too-late' || 'the last step cannot be aborted';
};

export const shownEnded = (state: State) => shownWork(state)?.finished === true || 'it has not ended yet';

export const retraceable = (state: State): true | string => {
	const work = shownWork(state);
	if (work === null || !work.finished) return 'it has not ended yet';
	if (work.receipt === null) return 'nothing was started';
	const {status, plan} = work.receipt;
	if (status === 'failed' || status === 'running') return true;
	const answer = undoable(work.receipt);
	return answer === true || asKeys(answer, {host: work.host, uuid: plan.domain.uuid});
};

export const inPane = (pane: Pane) => (state: State) => state.focus !== pane || `already in the ${pane} pane`;
