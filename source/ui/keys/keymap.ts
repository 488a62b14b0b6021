/** THE key table. It drives input, the footer, the help screen and the documentation. */

import {
	always,
	anyDomain,
	anySnapshot,
	both,
	cancellable,
	changesLogged,
	domainIs,
	idle,
	inPane,
	leftOver,
	markable,
	pausable,
	planned,
	retraceable,
	shownEnded,
} from '../state/conditions.ts';
import {clearedNext} from '../state/marks.ts';
import type {Pane, State} from '../state/state.ts';

/** Where a key means something. The first scope of the present ones that knows a key has it. */
export type Scope =
	| 'everywhere'
	| 'lists'
	| 'reading'
	| 'chains'
	| 'log'
	| 'progress'
	| 'asking'
	| 'filter'
	| 'text'
	| 'menu'
	| 'option-text'
	| 'options'
	| 'review'
	| 'waiting'
	| 'small';

export type Command =
	| 'up'
	| 'down'
	| 'page-up'
	| 'page-down'
	| 'first'
	| 'last'
	| 'other-pane'
	| 'domains-pane'
	| 'snapshots-pane'
	| 'details'
	| 'back'
	| 'filter'
	| 'filter-done'
	| 'tree'
	| 'create'
	| 'revert'
	| 'delete'
	| 'memory'
	| 'clone'
	| 'mark'
	| 'start'
	| 'shutdown'
	| 'destroy'
	| 'pause-resume'
	| 'chains'
	| 'log'
	| 'outcome'
	| 'next-outcome'
	| 'cancel'
	| 'cancel-confirmed'
	| 'recover'
	| 'way-back'
	| 'reclaim'
	| 'refresh'
	| 'copy'
	| 'help'
	| 'go-on'
	/** Left to the menu component, which reads these keys itself. */
	| 'menu'
	| 'option-next'
	| 'option-previous'
	| 'erase'
	| 'erase-word'
	| 'erase-line'
	| 'erase-next'
	| 'text-left'
	| 'text-right'
	| 'text-home'
	| 'text-end'
	| 'suspend'
	| 'quit';

export type Binding = {
	readonly keys: readonly string[];
	readonly scope: Scope;
	readonly command: Command;
	readonly label: string;
	/** Short word for the footer, in the order of the table; left out: not in the footer. */
	readonly footer?: string | ((state: State) => string | null);
	/** It works through what is marked in this pane, one after another; where nothing is, it acts on what the cursor stands on. */
	readonly each?: Pane;
	/** True, or in one sentence why not now. */
	readonly when: (state: State) => true | string;
};

const CLEARING = {filter: 'clear filter', marks: 'unmark'} as const;
const clearing = (state: State) => {
	const next = clearedNext(state);
	return next && CLEARING[next];
};

// biome-ignore format: a table is read by its rows
export const keymap: readonly Binding[] = [
	{keys: ['j', 'down'], scope: 'lists', command: 'down', label: 'down', when: always},
	{keys: ['k', 'up'], scope: 'lists', command: 'up', label: 'up', when: always},
	{keys: ['pagedown'], scope: 'lists', command: 'page-down', label: 'a page down', when: always},
	{keys: ['pageup'], scope: 'lists', command: 'page-up', label: 'a page up', when: always},
	{keys: ['g', 'home'], scope: 'lists', command: 'first', label: 'to the top', when: always},
	{keys: ['G', 'end'], scope: 'lists', command: 'last', label: 'to the end', when: always},
	{keys: ['tab'], scope: 'lists', command: 'other-pane', label: 'other pane', footer: 'pane', when: always},
	{keys: ['h', 'left'], scope: 'lists', command: 'domains-pane', label: 'domains pane', when: inPane('domains')},
	{keys: ['l', 'right'], scope: 'lists', command: 'snapshots-pane', label: 'snapshots pane', when: inPane('snapshots')},
	{keys: ['c'], scope: 'lists', command: 'create', label: 'create a snapshot', footer: 'create', each: 'domains', when: both(anyDomain, idle)},
	{keys: ['r'], scope: 'lists', command: 'revert', label: 'revert to the selected snapshot or memory', footer: 'revert', when: both(anySnapshot, idle)},
	{keys: ['d'], scope: 'lists', command: 'delete', label: 'delete the selected snapshot or memory', footer: 'delete', each: 'snapshots', when: both(anySnapshot, idle)},
	{keys: ['enter'], scope: 'lists', command: 'details', label: 'details', footer: 'details', when: anyDomain},
	{keys: ['/'], scope: 'lists', command: 'filter', label: 'filter the pane as you type', footer: 'filter', when: always},
	{keys: ['t'], scope: 'lists', command: 'tree', label: 'snapshots as a tree or flat', footer: 'tree', when: always},
	{keys: ['b'], scope: 'lists', command: 'chains', label: 'backing chains, sizes, who depends on whom', footer: 'chains', when: anyDomain},
	{keys: ['s'], scope: 'lists', command: 'start', label: 'start the domain', each: 'domains', when: both(domainIs('inactive'), idle)},
	{keys: ['x'], scope: 'lists', command: 'shutdown', label: 'shut the domain down', each: 'domains', when: both(domainIs('active'), idle)},
	{keys: ['X'], scope: 'lists', command: 'destroy', label: 'force the domain off', each: 'domains', when: both(domainIs('active'), idle)},
	{keys: ['p'], scope: 'lists', command: 'pause-resume', label: 'pause or resume the domain', each: 'domains', when: both(pausable, idle)},
	{keys: ['m'], scope: 'lists', command: 'memory', label: 'memory snapshot: save, restore, drop', footer: 'memory', when: both(anyDomain, idle)},
	{keys: ['n'], scope: 'lists', command: 'clone', label: 'new linked clone', when: both(anyDomain, idle)},
	{keys: ['space'], scope: 'lists', command: 'mark', label: 'mark or unmark: d, c, s, x, X and p take all marked in turn', footer: 'mark', when: markable},
	{keys: ['y'], scope: 'lists', command: 'copy', label: 'copy the tag, or the name of the domain', when: anyDomain},
	{keys: ['L'], scope: 'lists', command: 'log', label: 'log of every command run', when: always},
	{keys: ['o'], scope: 'lists', command: 'outcome', label: 'operation under way, or how the last one ended', when: state => state.works.length > 0 || 'none yet'},
	{keys: ['u'], scope: 'lists', command: 'recover', label: 'what was cut off, and what can be done', footer: 'cut off', when: state => state.cutOff.length > 0 || 'nothing was cut off'},
	{keys: ['R'], scope: 'lists', command: 'refresh', label: 'read everything again', when: always},
	{keys: ['?'], scope: 'lists', command: 'help', label: 'help', footer: 'help', when: always},
	{keys: ['esc'], scope: 'lists', command: 'back', label: 'clear the filter, then the marks', footer: clearing, when: always},
	{keys: ['q'], scope: 'lists', command: 'quit', label: 'quit', footer: 'quit', when: always},

	{keys: ['enter'], scope: 'filter', command: 'filter-done', label: 'keep the filter', footer: 'keep', when: always},
	{keys: ['esc'], scope: 'filter', command: 'back', label: 'clear the filter', footer: 'clear', when: always},
	{keys: ['down'], scope: 'filter', command: 'down', label: 'down', when: always},
	{keys: ['up'], scope: 'filter', command: 'up', label: 'up', when: always},
	{keys: ['backspace'], scope: 'filter', command: 'erase', label: 'erase', when: always},
	{keys: ['ctrl-u'], scope: 'filter', command: 'erase-line', label: 'erase all', when: always},

	{keys: ['j', 'down'], scope: 'reading', command: 'down', label: 'down', footer: 'down', when: always},
	{keys: ['k', 'up'], scope: 'reading', command: 'up', label: 'up', footer: 'up', when: always},
	{keys: ['pagedown', 'space'], scope: 'reading', command: 'page-down', label: 'a page down', when: always},
	{keys: ['pageup'], scope: 'reading', command: 'page-up', label: 'a page up', when: always},
	{keys: ['g', 'home'], scope: 'reading', command: 'first', label: 'to the top', when: always},
	{keys: ['G', 'end'], scope: 'reading', command: 'last', label: 'to the end', when: always},
	{keys: ['esc', 'q'], scope: 'reading', command: 'back', label: 'back', footer: 'back', when: always},

	{keys: ['d'], scope: 'chains', command: 'reclaim', label: 'delete an overlay that nothing uses any more', footer: 'delete', when: both(leftOver, idle)},

	{keys: ['y'], scope: 'log', command: 'copy', label: 'copy the commands that changed something', footer: 'copy', when: changesLogged},

	{keys: ['c'], scope: 'progress', command: 'cancel', label: 'cancel the operation', footer: 'cancel', when: cancellable},
	{keys: ['u'], scope: 'progress', command: 'way-back', label: 'take it back, or see what can be done', footer: 'way back', when: retraceable},
	{keys: ['tab'], scope: 'progress', command: 'next-outcome', label: 'the operation before it', footer: 'another', when: ({works}) => works.length > 1 || 'there is no other one'},
	{keys: ['enter'], scope: 'progress', command: 'back', label: 'back, once it has ended', when: shownEnded},
	{keys: ['esc', 'q'], scope: 'progress', command: 'back', label: 'back to the lists; the work goes on', footer: 'back', when: always},

	{keys: ['y'], scope: 'asking', command: 'cancel-confirmed', label: 'yes, cancel it', footer: 'cancel it', when: cancellable},
	{keys: ['n', 'esc', 'q'], scope: 'asking', command: 'back', label: 'no, let it go on', footer: 'let it go on', when: always},

	{keys: ['enter'], scope: 'text', command: 'go-on', label: 'go on', footer: 'go on', when: always},
	{keys: ['esc'], scope: 'text', command: 'back', label: 'back', footer: 'back', when: always},
	{keys: ['backspace'], scope: 'text', command: 'erase', label: 'erase', when: always},
	{keys: ['delete', 'ctrl-d'], scope: 'text', command: 'erase-next', label: 'erase the next character', when: always},
	{keys: ['ctrl-w'], scope: 'text', command: 'erase-word', label: 'erase a word', when: always},
	{keys: ['ctrl-u'], scope: 'text', command: 'erase-line', label: 'erase all', footer: 'erase all', when: always},
	{keys: ['left', 'ctrl-b'], scope: 'text', command: 'text-left', label: 'left', when: always},
	{keys: ['right', 'ctrl-f'], scope: 'text', command: 'text-right', label: 'right', when: always},
	{keys: ['home', 'ctrl-a'], scope: 'text', command: 'text-home', label: 'to the start', when: always},
	{keys: ['end', 'ctrl-e'], scope: 'text', command: 'text-end', label: 'to the end', when: always},

	{keys: ['j', 'down'], scope: 'menu', command: 'menu', label: 'down', footer: 'down', when: always},
	{keys: ['k', 'up'], scope: 'menu', command: 'menu', label: 'up', footer: 'up', when: always},
	{keys: ['enter'], scope: 'menu', command: 'menu', label: 'choose', footer: 'choose', when: always},
	{keys: ['1', '2', '3', '4', '5', '6', '7', '8', '9'], scope: 'menu', command: 'menu', label: 'choose by number', when: always},
	{keys: ['esc'], scope: 'menu', command: 'back', label: 'back', footer: 'back', when: always},

	{keys: ['esc'], scope: 'waiting', command: 'back', label: 'back', footer: 'back', when: always},

	{keys: ['enter'], scope: 'options', command: 'go-on', label: 'go on', footer: 'go on', when: always},
	{keys: ['space', 'right', 'l'], scope: 'options', command: 'option-next', label: 'change', footer: 'change', when: always},
	{keys: ['left', 'h'], scope: 'options', command: 'option-previous', label: 'change back', when: always},
	{keys: ['j', 'down'], scope: 'options', command: 'down', label: 'down', when: always},
	{keys: ['k', 'up'], scope: 'options', command: 'up', label: 'up', when: always},
	{keys: ['esc'], scope: 'options', command: 'back', label: 'back', footer: 'back', when: always},

	{keys: ['down'], scope: 'option-text', command: 'down', label: 'down', when: always},
	{keys: ['up'], scope: 'option-text', command: 'up', label: 'up', footer: 'up', when: always},

	{keys: ['enter'], scope: 'review', command: 'go-on', label: 'carry the plan out', when: always},
	{keys: ['down'], scope: 'review', command: 'down', label: 'down', footer: 'down', when: always},
	{keys: ['up'], scope: 'review', command: 'up', label: 'up', footer: 'up', when: always},
	{keys: ['pagedown'], scope: 'review', command: 'page-down', label: 'a page down', when: always},
	{keys: ['pageup'], scope: 'review', command: 'page-up', label: 'a page up', when: always},
	{keys: ['y', 'ctrl-y'], scope: 'review', command: 'copy', label: 'copy the plan as shell commands', footer: 'copy', when: planned},
	{keys: ['esc'], scope: 'review', command: 'back', label: 'back', footer: 'back', when: always},

	{keys: ['q'], scope: 'small', command: 'quit', label: 'quit', when: always},

	{keys: ['ctrl-z'], scope: 'everywhere', command: 'suspend', label: 'suspend', when: always},
	{keys: ['ctrl-c'], scope: 'everywhere', command: 'quit', label: 'quit', when: always},
];
