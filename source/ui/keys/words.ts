/** What keys and scopes are called: on the screen and in the documentation. */
import {keymap, type Scope} from './keymap.ts';

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

/** Those of one binding. Figures in a row are one name: nine of them have no room beside what they do. */
export function keyNames(keys: readonly string[], arrows = true): string[] {
	if (keys.length > 2 && keys.every(key => /^\d$/.test(key))) return [`${keys[0]} to ${keys.at(-1)}`];
	return keys.map(key => keyName(key, arrows));
}

export const SCOPE_TITLES: Readonly<Record<Scope, string>> = {
	lists: 'Lists',
	all: 'All snapshots',
	filter: 'While typing a filter',
	reading: 'Details, chains, log, help, progress',
	chains: 'Backing chains',
	inside: 'Inside a snapshot',
	hosts: 'Hosts, where there are several',
	log: 'Log',
	progress: 'Progress',
	batch: 'Progress of all marked snapshots',
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
	'all',
	'filter',
	'reading',
	'chains',
	'inside',
	'hosts',
	'log',
	'progress',
	'batch',
	'asking',
	'text',
	'menu',
	'options',
	'option-text',
	'review',
	'waiting',
	'small',
];

/** The table in words, screen by screen: for help and manual. */
export function keySections() {
	return SCOPE_ORDER.map(scope => ({
		title: SCOPE_TITLES[scope],
		keys: keymap
			.filter(binding => binding.scope === scope)
			.map(({keys, label}) => ({names: keyNames(keys), does: label})),
	}));
}

/** The table as Markdown, for the documentation. */
export function keymapMarkdown(): string {
	const sections = keySections().map(({title, keys}) => {
		const rows = keys.map(({names, does}) => `| ${names.map(name => `\`${name}\``).join(' ')} | ${does} |`);
		return [`### ${title}`, '', '| key | does |', '|---|---|', ...rows].join('\n');
	});
	return `${sections.join('\n\n')}\n`;
}
