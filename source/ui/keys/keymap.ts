/** THE key table. It drives input, the footer, the help screen and the documentation. */

import * as dialog from '../dialog/acts.ts';
import {eachMarked} from '../dialog/round.ts';
import {isSeveral, turnAtError} from '../dialog/several/acts.ts';
import {closeInside, openInside} from '../inside/acts.ts';
import * as lists from '../lists/acts.ts';
import * as all from '../lists/all/acts.ts';
import {anyExpiredOfAll, anyOfAll, markedOfAllToReach} from '../lists/all/conditions.ts';
import {markedOfAll} from '../lists/all/rows.ts';
import {fold, foldAll, foldable} from '../lists/folds.ts';
import {letAsk, moveToHost, openHosts, readHostsAgain, wantsAnswer} from '../lists/hosts.ts';
import * as operations from '../operations/acts.ts';
import {isBatchOver, isBatchRunning, stopBatch} from '../operations/batch/acts.ts';
import type {Act} from '../state/actions.ts';
import {
	always,
	anyDomain,
	anyExpired,
	anyInterrupted,
	anyOperation,
	anyRow,
	anySnapshot,
	both,
	type Condition,
	cancellable,
	changesLogged,
	copyable,
	describable,
	idle,
	inDescription,
	inPane,
	isOpen,
	keepable,
	markable,
	renamable,
	retraceable,
	shownEnded,
	unused,
} from '../state/conditions.ts';
import {clearedNext} from '../state/marks.ts';
import {pageRows} from '../state/paging.ts';
import {selectedFold} from '../state/rows.ts';
import type {Pane, State} from '../state/state.ts';
import {shownWork} from '../state/works.ts';
import {back, copyChanges, copySelected, copyWaysIn, openHelp, quit, scrolls, suspend} from './acts.ts';
import {deletesChosen, expiresChosen, protectsChosen, severalTaken} from './all-acts.ts';

/** Where a key means something. The first scope of the present ones that knows a key has it. */
export type Scope =
	| 'everywhere'
	| 'lists'
	| 'all'
	| 'reading'
	| 'chains'
	| 'inside'
	| 'hosts'
	| 'log'
	| 'progress'
	| 'batch'
	| 'asking'
	| 'filter'
	| 'text'
	| 'menu'
	| 'option-text'
	| 'options'
	| 'review'
	| 'waiting'
	| 'small';

export type Binding = {
	readonly keys: readonly string[];
	readonly scope: Scope;
	/** What the footer and tests know it by; several keys may lead to one thing. */
	readonly name: string;
	readonly label: string;
	/** Short word for the footer, in the order of the table; left out: not in the footer. `rows`: how many the text on the screen has. */
	readonly footer?: string | ((state: State, rows: number) => string | null);
	/** It works through what is marked in this pane, one after another; where nothing is, it acts on what the cursor stands on. */
	readonly each?: Pane;
	/** Only where several hosts are given, or also where a single one needs an answer; elsewhere there is no such key. */
	readonly hosts?: true | 'asking';
	/** True, or in one sentence why not now. */
	readonly when: Condition;
	/** What it does; null where the menu on the screen reads the key itself. */
	readonly act: Act | null;
};

const CLEARING = {filter: 'clear filter', all: 'all snapshots', marks: 'unmark'} as const;
/** One that is interrupted, or failed, has choices; only one that is done can be undone. */
const undoing = (state: State) => (shownWork(state)?.receipt?.status === 'verified' ? 'undo' : 'choices');

const atError = (state: State) => (isSeveral(state) === true ? 'stop/continue' : null);

/** "delete", or with two marked "delete 2" */
const deleteWord = (state: State) => onMarked('delete')(state) ?? 'delete';

/** Only where something is marked: the room is for what is used more. */
const onMarked = (word: string) => (state: State) => {
	const count = markedOfAll(state).length;
	return count === 0 ? null : `${word} ${count}`;
};

const detailsWord = (state: State) => (selectedFold(state) === null ? 'details' : 'unfold');

const clearing = (state: State) => {
	const next = clearedNext(state);
	return next && CLEARING[next];
};

/** Both as long as there is more than fits, so that the footer stands still while one reads. */
const scrolling = (word: string) => (state: State, rows: number) => (rows > pageRows(state) ? word : null);
const scrollingDown = scrolling('down');
const scrollingUp = scrolling('up');

// biome-ignore format: a table is read by its rows
export const keymap: readonly Binding[] = [
	{keys: ['j', 'down'], scope: 'lists', name: 'down', label: 'down', when: always, act: lists.move('down')},
	{keys: ['k', 'up'], scope: 'lists', name: 'up', label: 'up', when: always, act: lists.move('up')},
	{keys: ['pagedown'], scope: 'lists', name: 'page-down', label: 'a page down', when: always, act: lists.move('page-down')},
	{keys: ['pageup'], scope: 'lists', name: 'page-up', label: 'a page up', when: always, act: lists.move('page-up')},
	{keys: ['g', 'home'], scope: 'lists', name: 'first', label: 'to the top', when: always, act: lists.move('first')},
	{keys: ['G', 'end'], scope: 'lists', name: 'last', label: 'to the end', when: always, act: lists.move('last')},
	{keys: ['tab'], scope: 'lists', name: 'other-pane', label: 'other pane', footer: 'pane', when: always, act: lists.otherPane},
	{keys: ['h', 'left'], scope: 'lists', name: 'domains-pane', label: 'domains pane', when: inPane('domains'), act: lists.goTo('domains')},
	{keys: ['l', 'right'], scope: 'lists', name: 'snapshots-pane', label: 'snapshots pane', when: inPane('snapshots'), act: lists.goTo('snapshots')},
	{keys: ['c'], scope: 'lists', name: 'create', label: 'create a snapshot', footer: 'create', ...eachMarked('create')},
	{keys: ['r'], scope: 'lists', name: 'revert', label: 'revert to the selected snapshot or memory', footer: 'revert', when: both(anySnapshot, idle), act: dialog.opens('revert')},
	{keys: ['d'], scope: 'lists', name: 'delete', label: 'delete the selected snapshot or memory', footer: 'delete', ...eachMarked('delete')},
	{keys: ['e'], scope: 'lists', name: 'edit', label: 'edit the description of the selected snapshot', when: both(describable, idle), act: dialog.opens('edit')},
	{keys: ['N'], scope: 'lists', name: 'rename', label: 'rename the selected snapshot', when: both(renamable, idle), act: dialog.opens('rename')},
	{keys: ['P'], scope: 'lists', name: 'protect', label: 'protect the selected snapshot, or unprotect it', ...eachMarked('protect')},
	{keys: ['E'], scope: 'lists', name: 'expire', label: 'until when to keep the selected snapshot', ...eachMarked('expire')},
	{keys: ['M'], scope: 'lists', name: 'mark-expired', label: 'mark what has expired', when: anyExpired, act: lists.markAllExpired},
	{keys: ['f'], scope: 'lists', name: 'inside', label: 'files: open the selected snapshot for reading', when: keepable, act: openInside},
	{keys: ['enter'], scope: 'lists', name: 'details', label: 'details', footer: detailsWord, when: anyRow, act: lists.openDetails},
	{keys: ['a'], scope: 'lists', name: 'answer', label: 'answer what ssh asks (password, host key)', footer: 'answer', hosts: 'asking', when: wantsAnswer, act: letAsk},
	{keys: ['/'], scope: 'lists', name: 'filter', label: 'filter the pane as you type', footer: 'filter', when: always, act: lists.beginFilter},
	{keys: ['t'], scope: 'lists', name: 'tree', label: 'snapshots as a tree or flat', footer: 'tree', when: always, act: lists.turnTree},
	{keys: ['O'], scope: 'lists', name: 'order', label: 'order snapshots by age, OWN, SINCE, tag, or as listed', when: always, act: lists.nextOrder},
	{keys: ['S'], scope: 'lists', name: 'all', label: 'all snapshots of all domains in one list', when: always, act: all.openAll},
	{keys: ['b'], scope: 'lists', name: 'chains', label: 'backing chains, sizes, who depends on whom', footer: 'chains', when: anyDomain, act: lists.openChains},
	{keys: ['s'], scope: 'lists', name: 'start', label: 'start the domain', ...eachMarked('start')},
	{keys: ['x'], scope: 'lists', name: 'shutdown', label: 'shut the domain down', ...eachMarked('shutdown')},
	{keys: ['X'], scope: 'lists', name: 'destroy', label: 'force the domain off', ...eachMarked('destroy')},
	{keys: ['p'], scope: 'lists', name: 'pause-resume', label: 'pause or resume the domain', ...eachMarked('pause-resume')},
	{keys: ['m'], scope: 'lists', name: 'memory', label: 'memory snapshot: save, restore, drop', footer: 'memory', when: both(anyDomain, idle), act: dialog.opens('memory')},
	{keys: ['n'], scope: 'lists', name: 'clone', label: 'clone: a new domain like this one, or like the selected snapshot', when: both(anyDomain, idle), act: dialog.opens('clone')},
	{keys: ['space'], scope: 'lists', name: 'mark', label: 'mark or unmark: c, d, P, E, s, x, X and p act on all marked items, one by one', footer: 'mark', when: markable, act: lists.markAndMoveOn},
	{keys: ['y'], scope: 'lists', name: 'copy', label: 'copy the tag, or the name of the domain', when: anyDomain, act: copySelected},
	{keys: ['z'], scope: 'lists', name: 'fold', label: 'fold the host of the selected domain into one row, or unfold it', hosts: true, when: foldable, act: fold},
	{keys: ['Z'], scope: 'lists', name: 'fold-all', label: 'fold all hosts, or unfold all', hosts: true, when: foldable, act: foldAll},
	{keys: ['H'], scope: 'lists', name: 'hosts', label: 'hosts: how each is, why, and when it is tried again', footer: 'hosts', hosts: true, when: always, act: openHosts},
	{keys: ['L'], scope: 'lists', name: 'log', label: 'log of every command run', when: always, act: lists.openLog},
	{keys: ['o'], scope: 'lists', name: 'outcome', label: 'operation under way, or how the last one ended', when: anyOperation, act: operations.openProgress},
	{keys: ['u'], scope: 'lists', name: 'recover', label: 'interrupted operations: finish or roll back', footer: 'interrupted', when: anyInterrupted, act: dialog.openInterrupted},
	{keys: ['R'], scope: 'lists', name: 'refresh', label: 'read everything again', when: always, act: lists.readAgain},
	{keys: ['?'], scope: 'lists', name: 'help', label: 'help', footer: 'help', when: always, act: openHelp},
	{keys: ['esc'], scope: 'lists', name: 'back', label: 'clear the filter, go back to all snapshots if you came from there, clear the marks', footer: clearing, when: always, act: lists.clear},
	{keys: ['q'], scope: 'lists', name: 'quit', label: 'quit', footer: 'quit', when: always, act: quit},

	{keys: ['j', 'down'], scope: 'all', name: 'down', label: 'down', when: always, act: lists.move('down')},
	{keys: ['k', 'up'], scope: 'all', name: 'up', label: 'up', when: always, act: lists.move('up')},
	{keys: ['pagedown'], scope: 'all', name: 'page-down', label: 'a page down', when: always, act: lists.move('page-down')},
	{keys: ['pageup'], scope: 'all', name: 'page-up', label: 'a page up', when: always, act: lists.move('page-up')},
	{keys: ['g', 'home'], scope: 'all', name: 'first', label: 'to the top', when: always, act: lists.move('first')},
	{keys: ['G', 'end'], scope: 'all', name: 'last', label: 'to the end', when: always, act: lists.move('last')},
	{keys: ['enter'], scope: 'all', name: 'go-to', label: 'go to it in the list of its domain; Esc comes back', footer: 'go to', when: anyOfAll, act: all.goToDomain},
	{keys: ['space'], scope: 'all', name: 'mark', label: 'mark or unmark', footer: 'mark', when: anyOfAll, act: all.markInAll},
	{keys: ['d'], scope: 'all', name: 'delete', label: 'delete all marked snapshots, or the selected one', footer: deleteWord, when: severalTaken, act: deletesChosen},
	{keys: ['v'], scope: 'all', name: 'mark-range', label: 'mark all from the nearest marked one to here', footer: 'range', when: markedOfAllToReach, act: all.markRange},
	{keys: ['M'], scope: 'all', name: 'mark-expired', label: 'mark what has expired', footer: 'expired', when: anyExpiredOfAll, act: all.markExpiredOfAll},
	{keys: ['P'], scope: 'all', name: 'protect', label: 'protect all marked snapshots, or unprotect them where all are protected', footer: onMarked('protect'), when: severalTaken, act: protectsChosen},
	{keys: ['E'], scope: 'all', name: 'expire', label: 'until when to keep all marked snapshots', footer: onMarked('expiry'), when: severalTaken, act: expiresChosen},
	{keys: ['o'], scope: 'all', name: 'outcome', label: 'progress of the marked snapshots, or how it ended', when: anyOperation, act: operations.openProgress},
	{keys: ['O'], scope: 'all', name: 'order', label: 'order by age, OWN, health, tag or domain', footer: 'order', when: always, act: all.nextOrderOfAll},
	{keys: ['/'], scope: 'all', name: 'filter', label: 'filter by domain, tag, health or description as you type', footer: 'filter', when: always, act: lists.beginFilter},
	{keys: ['R'], scope: 'all', name: 'refresh', label: 'read everything again', when: always, act: lists.readAgain},
	{keys: ['?'], scope: 'all', name: 'help', label: 'help', footer: 'help', when: always, act: openHelp},
	{keys: ['esc'], scope: 'all', name: 'back', label: 'clear the filter, then the marks, then back to the domains', footer: state => clearing(state) ?? 'back', when: always, act: lists.clear},
	{keys: ['S', 'q'], scope: 'all', name: 'all', label: 'back to the domains', when: always, act: all.leaveAll},

	{keys: ['enter'], scope: 'filter', name: 'filter-done', label: 'keep the filter', footer: 'keep', when: always, act: lists.keepFilter},
	{keys: ['esc'], scope: 'filter', name: 'back', label: 'clear the filter', footer: 'clear', when: always, act: lists.clear},
	{keys: ['down'], scope: 'filter', name: 'down', label: 'down', when: always, act: lists.move('down')},
	{keys: ['up'], scope: 'filter', name: 'up', label: 'up', when: always, act: lists.move('up')},
	{keys: ['backspace'], scope: 'filter', name: 'erase', label: 'erase', when: always, act: lists.editFilter('erase')},
	{keys: ['ctrl-u'], scope: 'filter', name: 'erase-line', label: 'erase all', when: always, act: lists.editFilter('erase-line')},

	{keys: ['j', 'down'], scope: 'reading', name: 'down', label: 'down', footer: scrollingDown, when: always, act: scrolls('down')},
	{keys: ['k', 'up'], scope: 'reading', name: 'up', label: 'up', footer: scrollingUp, when: always, act: scrolls('up')},
	{keys: ['pagedown', 'space'], scope: 'reading', name: 'page-down', label: 'a page down', when: always, act: scrolls('page-down')},
	{keys: ['pageup'], scope: 'reading', name: 'page-up', label: 'a page up', when: always, act: scrolls('page-up')},
	{keys: ['g', 'home'], scope: 'reading', name: 'first', label: 'to the top', when: always, act: scrolls('first')},
	{keys: ['G', 'end'], scope: 'reading', name: 'last', label: 'to the end', when: always, act: scrolls('last')},
	{keys: ['esc', 'q'], scope: 'reading', name: 'back', label: 'back', footer: 'back', when: always, act: back},

	{keys: ['j', 'down'], scope: 'hosts', name: 'down', label: 'down', hosts: true, when: always, act: moveToHost('down')},
	{keys: ['k', 'up'], scope: 'hosts', name: 'up', label: 'up', hosts: true, when: always, act: moveToHost('up')},
	{keys: ['pagedown', 'space'], scope: 'hosts', name: 'page-down', label: 'a page down', hosts: true, when: always, act: moveToHost('page-down')},
	{keys: ['pageup'], scope: 'hosts', name: 'page-up', label: 'a page up', hosts: true, when: always, act: moveToHost('page-up')},
	{keys: ['g', 'home'], scope: 'hosts', name: 'first', label: 'to the top', hosts: true, when: always, act: moveToHost('first')},
	{keys: ['G', 'end'], scope: 'hosts', name: 'last', label: 'to the end', hosts: true, when: always, act: moveToHost('last')},
	{keys: ['enter', 'a'], scope: 'hosts', name: 'answer', label: 'answer what ssh asks (password, host key)', footer: 'answer', hosts: true, when: wantsAnswer, act: letAsk},
	{keys: ['R'], scope: 'hosts', name: 'refresh', label: 'try all hosts again now', footer: 'try again', hosts: true, when: always, act: readHostsAgain},
	{keys: ['esc', 'H', 'q'], scope: 'hosts', name: 'back', label: 'back', footer: 'back', hosts: true, when: always, act: back},

	{keys: ['d'], scope: 'chains', name: 'reclaim', label: 'delete an overlay that nothing uses any more', footer: 'delete', when: both(unused, idle), act: dialog.opens('reclaim')},

	{keys: ['y'], scope: 'inside', name: 'copy', label: 'copy the commands that get at files', footer: 'copy', when: isOpen, act: copyWaysIn},
	{keys: ['esc', 'q'], scope: 'inside', name: 'back', label: 'close the snapshot, and back', footer: 'close', when: always, act: closeInside},

	{keys: ['y'], scope: 'log', name: 'copy', label: 'copy the commands that changed something', footer: 'copy', when: changesLogged, act: copyChanges},

	{keys: ['c'], scope: 'progress', name: 'cancel', label: 'cancel the operation', footer: 'cancel', when: cancellable, act: operations.askWhetherToCancel},
	{keys: ['u'], scope: 'progress', name: 'undo', label: 'undo it, or see the choices', footer: undoing, when: retraceable, act: dialog.openUndoOrRecovery},
	{keys: ['tab'], scope: 'progress', name: 'next-outcome', label: 'the operation before it', footer: 'another', when: ({works}) => works.length > 1 || 'there is no other one', act: operations.showAnother},
	{keys: ['enter'], scope: 'progress', name: 'leave', label: 'back, once it has ended', when: shownEnded, act: back},
	{keys: ['esc', 'q'], scope: 'progress', name: 'back', label: 'back to the lists; the operation continues', footer: 'back', when: always, act: back},

	{keys: ['c'], scope: 'batch', name: 'cancel', label: 'begin no further one', footer: 'stop', when: isBatchRunning, act: stopBatch},
	{keys: ['o'], scope: 'batch', name: 'outcome', label: 'the operation that is under way', footer: 'operation', when: anyOperation, act: operations.openProgress},
	{keys: ['enter'], scope: 'batch', name: 'leave', label: 'back, once it has ended', when: isBatchOver, act: back},
	{keys: ['esc', 'q'], scope: 'batch', name: 'back', label: 'back to the list; the rest continues', footer: 'back', when: always, act: back},

	{keys: ['y'], scope: 'asking', name: 'cancel-confirmed', label: 'yes, cancel it', footer: 'cancel it', when: cancellable, act: operations.cancelOperation},
	{keys: ['n', 'esc', 'q'], scope: 'asking', name: 'back', label: 'no, continue', footer: 'continue', when: always, act: operations.keepRunning},

	{keys: ['enter'], scope: 'text', name: 'continue', label: 'continue', footer: 'continue', when: always, act: dialog.nextStep},
	{keys: ['esc'], scope: 'text', name: 'back', label: 'back', footer: 'back', when: always, act: back},
	{keys: ['ctrl-o'], scope: 'text', name: 'editor', label: 'edit a description in your own editor ($VISUAL, $EDITOR)', footer: 'editor', when: inDescription, act: dialog.editOutside},
	{keys: ['backspace'], scope: 'text', name: 'erase', label: 'erase', when: always, act: dialog.edits('erase')},
	{keys: ['delete', 'ctrl-d'], scope: 'text', name: 'erase-next', label: 'erase the next character', when: always, act: dialog.edits('erase-next')},
	{keys: ['ctrl-w'], scope: 'text', name: 'erase-word', label: 'erase a word', when: always, act: dialog.edits('erase-word')},
	{keys: ['ctrl-u'], scope: 'text', name: 'erase-line', label: 'erase all', footer: 'erase all', when: always, act: dialog.edits('erase-line')},
	{keys: ['left', 'ctrl-b'], scope: 'text', name: 'text-left', label: 'left', when: always, act: dialog.edits('left')},
	{keys: ['right', 'ctrl-f'], scope: 'text', name: 'text-right', label: 'right', when: always, act: dialog.edits('right')},
	{keys: ['home', 'ctrl-a'], scope: 'text', name: 'text-home', label: 'to the start', when: always, act: dialog.edits('home')},
	{keys: ['end', 'ctrl-e'], scope: 'text', name: 'text-end', label: 'to the end', when: always, act: dialog.edits('end')},

	{keys: ['j', 'down'], scope: 'menu', name: 'down', label: 'down', footer: 'down', when: always, act: null},
	{keys: ['k', 'up'], scope: 'menu', name: 'up', label: 'up', footer: 'up', when: always, act: null},
	{keys: ['enter'], scope: 'menu', name: 'choose', label: 'choose', footer: 'choose', when: always, act: null},
	{keys: ['1', '2', '3', '4', '5', '6', '7', '8', '9'], scope: 'menu', name: 'choose-by-number', label: 'choose by number', when: always, act: null},
	{keys: ['esc'], scope: 'menu', name: 'back', label: 'back', footer: 'back', when: always, act: back},

	{keys: ['esc'], scope: 'waiting', name: 'back', label: 'back', footer: 'back', when: always, act: back},

	{keys: ['enter'], scope: 'options', name: 'continue', label: 'continue', footer: 'continue', when: always, act: dialog.nextStep},
	{keys: ['space', 'right', 'l'], scope: 'options', name: 'option-next', label: 'change', footer: 'change', when: always, act: dialog.nextChoice},
	{keys: ['left', 'h'], scope: 'options', name: 'option-previous', label: 'change back', when: always, act: dialog.choiceBefore},
	{keys: ['j', 'down'], scope: 'options', name: 'down', label: 'down', when: always, act: dialog.optionBelow},
	{keys: ['k', 'up'], scope: 'options', name: 'up', label: 'up', when: always, act: dialog.optionAbove},
	{keys: ['esc'], scope: 'options', name: 'back', label: 'back', footer: 'back', when: always, act: back},

	{keys: ['down'], scope: 'option-text', name: 'down', label: 'down', when: always, act: dialog.optionBelow},
	{keys: ['up'], scope: 'option-text', name: 'up', label: 'up', footer: 'up', when: always, act: dialog.optionAbove},

	{keys: ['enter'], scope: 'review', name: 'continue', label: 'carry the plan out', when: always, act: dialog.confirmReview},
	{keys: ['down'], scope: 'review', name: 'down', label: 'down', footer: scrollingDown, when: always, act: scrolls('down')},
	{keys: ['up'], scope: 'review', name: 'up', label: 'up', footer: scrollingUp, when: always, act: scrolls('up')},
	{keys: ['pagedown'], scope: 'review', name: 'page-down', label: 'a page down', when: always, act: scrolls('page-down')},
	{keys: ['pageup'], scope: 'review', name: 'page-up', label: 'a page up', when: always, act: scrolls('page-up')},
	{keys: ['y', 'ctrl-y'], scope: 'review', name: 'copy', label: 'copy the plan as shell commands', footer: 'copy', when: copyable, act: dialog.copyReviewed},
	{keys: ['tab'], scope: 'review', name: 'at-error', label: 'of several: stop where one fails, or continue with the rest', footer: atError, when: isSeveral, act: turnAtError},
	{keys: ['esc'], scope: 'review', name: 'back', label: 'back', footer: 'back', when: always, act: back},

	{keys: ['q'], scope: 'small', name: 'quit', label: 'quit', when: always, act: quit},

	{keys: ['ctrl-z'], scope: 'everywhere', name: 'suspend', label: 'suspend', when: always, act: suspend},
	{keys: ['ctrl-c'], scope: 'everywhere', name: 'quit', label: 'quit', when: always, act: quit},
];
