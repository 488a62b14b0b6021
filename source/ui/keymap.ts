/** THE key table. It drives input, the footer, the help screen and the documentation. */

import {isActive} from '../core/domain.ts';
import {isTooSmall} from './layout.ts';
import {chosenOption, isReady} from './reduce-dialog.ts';
import {shownWork, subjectOf, underWay} from './reduce-work.ts';
import {selectedDomain, selectedSnapshot} from './rows.ts';
import type {Pane, State} from './state.ts';

/** Where a key means something. The first scope of the present ones that knows a key has it. */
export type Scope =
	| 'everywhere'
	| 'lists'
	| 'reading'
	| 'chains'
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
	readonly footer?: string;
	/** True, or in one sentence why not now. */
	readonly when: (state: State) => true | string;
};

const always = (): true => true;
const notYet = () => 'not in this version yet';

const anyDomain = (state: State) => selectedDomain(state) !== null || 'no domain is selected';
const anySnapshot = (state: State) => {
	if (selectedDomain(state) === null) return 'no domain is selected';
	return selectedSnapshot(state) !== null || 'no snapshot is selected';
};

/** One plan at a time on a domain: the next would stand on facts that the running one is changing. */
const idle = (state: State): true | string => {
	if (state.view.connection.status === 'lost') return 'the connection to libvirt is lost';
	const uuid = selectedDomain(state)?.uuid;
	const busy = underWay(state).find(({plan}) => plan.domain.uuid === uuid);
	return busy === undefined || `${subjectOf(busy.plan)} is still under way: o shows it`;
};

const both =
	(...conditions: readonly ((state: State) => true | string)[]) =>
	(state: State): true | string =>
		conditions.map(condition => condition(state)).find(answer => answer !== true) ?? true;

const domainIs = (wanted: 'active' | 'inactive') => (state: State) => {
	const domain = selectedDomain(state);
	if (domain === null) return 'no domain is selected';
	if (isActive(domain) === (wanted === 'active')) return true;
	return wanted === 'active' ? `the domain is ${domain.state}, not running` : `the domain is already ${domain.state}`;
};

const pausable = (state: State) => {
	const domain = selectedDomain(state);
	if (domain === null) return 'no domain is selected';
	return (
		['running', 'idle', 'paused'].includes(domain.state) || `the domain is ${domain.state}, neither running nor paused`
	);
};

const planned = ({screen}: State) =>
	(screen.name === 'dialog' && screen.outcome !== null && 'plan' in screen.outcome) || 'there is no plan to copy';

const leftOver = ({screen}: State) =>
	(screen.name === 'chains' && (screen.leftOver?.length ?? 0) > 0) || 'no overlay was found that nothing uses';

const cancellable = (state: State) => {
	const work = shownWork(state);
	if (work === null || work.finished) return 'it has ended';
	if (work.cancelled) return 'it was asked to stop already';
	return work.receipt !== null || 'it is being checked, and has not begun';
};

const inPane = (pane: Pane) => (state: State) => state.focus !== pane || `already in the ${pane} pane`;

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
	{keys: ['c'], scope: 'lists', command: 'create', label: 'create a snapshot', footer: 'create', when: both(anyDomain, idle)},
	{keys: ['r'], scope: 'lists', command: 'revert', label: 'revert to the selected snapshot', footer: 'revert', when: both(anySnapshot, idle)},
	{keys: ['d'], scope: 'lists', command: 'delete', label: 'delete the selected snapshot', footer: 'delete', when: both(anySnapshot, idle)},
	{keys: ['enter'], scope: 'lists', command: 'details', label: 'details', footer: 'details', when: anyDomain},
	{keys: ['/'], scope: 'lists', command: 'filter', label: 'filter the pane as you type', footer: 'filter', when: always},
	{keys: ['t'], scope: 'lists', command: 'tree', label: 'snapshots as a tree or flat', footer: 'tree', when: always},
	{keys: ['b'], scope: 'lists', command: 'chains', label: 'backing chains, sizes, who depends on whom', footer: 'chains', when: anyDomain},
	{keys: ['s'], scope: 'lists', command: 'start', label: 'start the domain', when: both(domainIs('inactive'), idle)},
	{keys: ['x'], scope: 'lists', command: 'shutdown', label: 'shut the domain down', when: both(domainIs('active'), idle)},
	{keys: ['X'], scope: 'lists', command: 'destroy', label: 'force the domain off', when: both(domainIs('active'), idle)},
	{keys: ['p'], scope: 'lists', command: 'pause-resume', label: 'pause or resume the domain', when: both(pausable, idle)},
	{keys: ['m'], scope: 'lists', command: 'memory', label: 'memory snapshot: save, restore, drop', footer: 'memory', when: both(anyDomain, idle)},
	{keys: ['n'], scope: 'lists', command: 'clone', label: 'new linked clone', when: both(anyDomain, idle)},
	{keys: ['space'], scope: 'lists', command: 'mark', label: 'mark several', when: notYet},
	{keys: ['L'], scope: 'lists', command: 'log', label: 'log of every command run', when: always},
	{keys: ['o'], scope: 'lists', command: 'outcome', label: 'operation under way, or how the last one ended', when: state => state.works.length > 0 || 'nothing was carried out yet'},
	{keys: ['u'], scope: 'lists', command: 'recover', label: 'what was cut off, and what can be done', footer: 'cut off', when: state => state.cutOff.length > 0 || 'nothing was cut off'},
	{keys: ['R'], scope: 'lists', command: 'refresh', label: 'read everything again', when: always},
	{keys: ['?'], scope: 'lists', command: 'help', label: 'help', footer: 'help', when: always},
	{keys: ['esc'], scope: 'lists', command: 'back', label: 'clear the filter', when: always},
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

	{keys: ['c'], scope: 'progress', command: 'cancel', label: 'cancel the operation', footer: 'cancel', when: cancellable},
	{keys: ['tab'], scope: 'progress', command: 'next-outcome', label: 'the operation before it', footer: 'another', when: ({works}) => works.length > 1 || 'there is no other one'},
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

/** The scopes that hold now, the most particular first. */
export function scopes(state: State): readonly Scope[] {
	return [...screenScopes(state), 'everywhere'];
}

function screenScopes(state: State): readonly Scope[] {
	const {screen} = state;
	// What cannot be seen cannot be meant.
	if (isTooSmall(state.size)) return ['small'];
	if (screen.name === 'lists') return [state.filtering ? 'filter' : 'lists'];
	if (screen.name === 'progress') return screen.asking ? ['asking'] : ['progress', 'reading'];
	if (screen.name === 'chains') return ['chains', 'reading'];
	if (screen.name !== 'dialog') return ['reading'];
	switch (isReady(screen) ? screen.steps[screen.at] : null) {
		case 'tag':
		case 'description':
		case 'name':
		case 'file':
			return ['text'];
		case 'menu':
			return ['menu'];
		case 'options':
			return chosenOption(screen)?.kind === 'typed' ? ['option-text', 'text'] : ['options'];
		case 'review':
			return confirmWord(state) === null ? ['review', 'reading'] : ['review', 'text'];
		default:
			return ['waiting'];
	}
}

/** What has to be typed before the reviewed plan runs; null where nothing has to. */
export function confirmWord(state: State): string | null {
	const {screen} = state;
	if (screen.name !== 'dialog' || screen.steps[screen.at] !== 'review') return null;
	return screen.outcome !== null && 'plan' in screen.outcome ? screen.outcome.plan.confirm : null;
}

/** Whether letters are typed into a field now. */
export const isTyping = (state: State): boolean => {
	const now = scopes(state);
	return now.includes('filter') || now.includes('text');
};

export function findBinding(state: State, key: string): Binding | null {
	if (isTyping(state) && Array.from(key).length === 1) return null;
	for (const scope of scopes(state)) {
		const found = keymap.find(binding => binding.scope === scope && binding.keys.includes(key));
		if (found) return found;
	}
	return null;
}

/** What the footer offers: the bindings of the present scopes that work now. */
export function footerBindings(state: State): readonly Binding[] {
	const present = scopes(state).flatMap(scope => keymap.filter(binding => binding.scope === scope));
	const offers = present.filter(
		binding => binding.footer !== undefined && footerKey(state, binding) !== undefined && binding.when(state) === true,
	);
	return offers.filter(({footer}, index) => offers.findIndex(other => other.footer === footer) === index);
}

/** The first of its keys that reaches this binding now: a letter does not while text is typed. */
export const footerKey = (state: State, binding: Binding): string | undefined =>
	binding.keys.find(key => findBinding(state, key) === binding);

const KEY_NAMES: Readonly<Record<string, string>> = {
	up: 'Up',
	down: 'Down',
	left: 'Left',
	right: 'Right',
	pageup: 'PgUp',
	pagedown: 'PgDn',
	home: 'Home',
	end: 'End',
	enter: 'Enter',
	esc: 'Esc',
	tab: 'Tab',
	space: 'Space',
	backspace: 'Backspace',
	delete: 'Delete',
};

const ARROWS: Readonly<Record<string, string>> = {up: '↑', down: '↓', left: '←', right: '→'};

/** `arrows`: whether the terminal's locale has them. */
export function keyName(key: string, arrows = true): string {
	if (arrows && ARROWS[key] !== undefined) return ARROWS[key];
	if (key.startsWith('ctrl-')) return `Ctrl-${key.slice(5).toUpperCase()}`;
	return KEY_NAMES[key] ?? key;
}

export const SCOPE_TITLES: Readonly<Record<Scope, string>> = {
	lists: 'Lists',
	filter: 'While typing a filter',
	reading: 'Details, chains, log, help, progress',
	chains: 'Backing chains',
	progress: 'Progress',
	asking: 'While asked whether to cancel',
	text: 'Text fields',
	menu: 'Menus',
	options: 'Options',
	'option-text': 'Options that are typed',
	review: 'Review of a plan',
	waiting: 'While facts are read',
	small: 'In a terminal too small',
	everywhere: 'Everywhere',
};

export const SCOPE_ORDER: readonly Scope[] = [
	'lists',
	'everywhere',
	'filter',
	'reading',
	'chains',
	'progress',
	'asking',
	'text',
	'menu',
	'options',
	'option-text',
	'review',
	'waiting',
	'small',
];

/** The table as Markdown, for the documentation. */
export function keymapMarkdown(): string {
	const section = (scope: Scope) => {
		const rows = keymap.filter(binding => binding.scope === scope);
		const cells = rows.map(({keys, label}) => `| ${keys.map(key => `\`${keyName(key)}\``).join(' ')} | ${label} |`);
		return [`### ${SCOPE_TITLES[scope]}`, '', '| key | does |', '|---|---|', ...cells].join('\n');
	};
	return `${SCOPE_ORDER.map(section).join('\n\n')}\n`;
}
