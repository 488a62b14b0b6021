/** The steps of a dialog where one line is typed: each is a part of the intent. */

import {basename, dirname} from 'node:path/posix';
import type {Facts} from '../../../core/model/facts.ts';
import {foldersOf, type Intent} from '../../../core/model/intent.ts';
import {whenWords} from '../../../core/snapshots/retention.ts';
import type {Dialog, DialogStep} from '../../state/dialog.ts';

type TextStep = {
	readonly label: string;
	readonly hint: (intent: Intent) => string;
	readonly read: (intent: Intent) => string;
	readonly write: (intent: Intent, text: string) => Intent;
};

const STEPS: Readonly<Partial<Record<DialogStep, TextStep>>> = {
	tag: {
		label: 'Tag:',
		hint: ({verb}) =>
			verb === 'edit'
				? "The snapshot's new name. Its files keep theirs. Enter continues."
				: 'The name of the snapshot. Enter continues.',
		read: intent => {
			if (intent.verb === 'edit') return intent.newTag ?? intent.tag;
			return 'tag' in intent ? (intent.tag ?? '') : '';
		},
		write: (intent, tag) => {
			if (intent.verb === 'edit') return {...intent, newTag: tag};
			return intent.verb === 'create' ? {...intent, tag} : intent;
		},
	},
	description: {
		label: 'Description:',
		hint: ({verb}) =>
			verb === 'edit'
				? 'A note that libvirt keeps with the snapshot; empty: none. Ctrl-O opens your editor for it. Enter continues.'
				: "Optional: a note for later. Only libvirt's own methods store it. Ctrl-O opens your editor for it. Enter continues.",
		read: intent => ('description' in intent ? (intent.description ?? '') : ''),
		write: (intent, text) => {
			if (intent.verb === 'edit') return {...intent, description: text};
			return intent.verb === 'create' ? {...intent, description: text === '' ? undefined : text} : intent;
		},
	},
	expires: {
		label: 'Keep until:',
		hint: () => `From then on it is marked as expired: ${whenWords}. Enter continues.`,
		read: intent => (intent.verb === 'edit' ? (intent.expires ?? '') : ''),
		write: (intent, expires) => (intent.verb === 'edit' ? {...intent, expires} : intent),
	},
	name: {
		label: 'Name:',
		hint: () => 'The name of the new domain. Enter continues.',
		read: intent => (intent.verb === 'clone' ? intent.name : ''),
		write: (intent, name) => (intent.verb === 'clone' ? {...intent, name} : intent),
	},
	file: {
		label: 'File:',
		hint: ({verb}) =>
			verb === 'save'
				? 'The full path of a new file. Enter continues.'
				: 'The absolute path of a file of saved memory. Enter reads it.',
		read: intent => ('file' in intent ? (intent.file ?? '') : ''),
		write: (intent, file) =>
			intent.verb === 'save' || intent.verb === 'restore' || intent.verb === 'drop' ? {...intent, file} : intent,
	},
};

/** Null where the present step is no such one. */
export function textStep({steps, at}: Pick<Dialog, 'steps' | 'at'>): TextStep | null {
	const step = steps[at];
	return (step !== undefined && STEPS[step]) || null;
}

export type Unread = {readonly folders: readonly string[]; readonly file?: string};

/** What the intent names and the facts do not know yet: folders to write to, a file of saved memory. */
export function unreadOf(facts: Facts, intent: Intent | null): Unread | null {
	if (intent === null) return null;
	const folders = foldersOf(intent).filter(folder => folder.startsWith('/'));
	if (intent.verb === 'restore' || intent.verb === 'drop') {
		const {file} = intent;
		return file?.startsWith('/') && facts.saveImages[file] === undefined ? {folders, file} : null;
	}
	return folders.some(folder => isUnread(facts, folder)) ? {folders} : null;
}

/** One that a folder that was read does not have is none. */
function isUnread({directories}: Facts, folder: string): boolean {
	if (directories[folder] !== undefined) return false;
	return directories[dirname(folder)]?.entries.includes(basename(folder)) ?? true;
}
