/** The choices a create, revert or delete leaves to the person: each row changes the intent and nothing else. */

import {type Domain, isActive} from '../../../core/model/domain.ts';
import type {Facts} from '../../../core/model/facts.ts';
import type {CreateIntent, DeleteIntent, Intent, RevertIntent} from '../../../core/model/intent.ts';
import {beyondLibvirt} from '../../../core/revert/beyond-libvirt.ts';
import {descendantsOf} from '../../../core/snapshots/family.ts';
import {optionNames} from '../../state/remedy-text.ts';

type Choices = {
	readonly kind: 'choices';
	readonly label: string;
	readonly choices: readonly string[];
	readonly chosen: number;
	/** The intent with another choice. */
	readonly choose: (index: number) => Intent;
};

/** A row that is typed into. */
type Typed = {
	readonly kind: 'typed';
	readonly label: string;
	readonly text: string;
	/** What holds while it is empty. */
	readonly otherwise: string;
	readonly hint: string;
	readonly type: (text: string) => Intent;
};

/** A row that does not apply here, and why. */
type Closed = {readonly kind: 'closed'; readonly label: string; readonly reason: string};

export type OptionRow = Choices | Typed | Closed;

export function optionsOf(facts: Facts, intent: Intent | null): readonly OptionRow[] {
	switch (intent?.verb) {
		case 'create':
			return createOptions(facts.domain, intent);
		case 'revert':
			return revertOptions(facts, intent);
		case 'delete':
			return deleteOptions(facts.domain, intent);
		default:
			return [];
	}
}

const SCOPES = [undefined, 'memory', 'disk-only'] as const;

function createOptions(domain: Domain, intent: CreateIntent): readonly OptionRow[] {
	const active = isActive(domain);
	return [
		active
			? {
					kind: 'choices',
					label: optionNames['--memory'],
					choices: ['automatic', 'memory and disks', 'disks only'],
					chosen: SCOPES.indexOf(intent.scope),
					choose: index => ({...intent, method: undefined, scope: SCOPES[index]}),
				}
			: {
					kind: 'closed',
					label: optionNames['--memory'],
					reason: `the disks: it is ${domain.state}, there is no memory`,
				},
		quiesceOption(domain, intent),
		folderRow(intent.dir, 'beside each disk', dir => ({...intent, method: undefined, dir})),
	];
}

/** `choose`: the intent with this folder; undefined where the field is empty. */
function folderRow(dir: string | undefined, otherwise: string, choose: (dir: string | undefined) => Intent): Typed {
	return {
		kind: 'typed',
		label: optionNames['--dir'],
		text: dir ?? '',
		otherwise,
		hint: 'Type an absolute path, or leave it empty.',
		type: text => choose(text === '' ? undefined : text),
	};
}

function quiesceOption(domain: Domain, intent: CreateIntent): OptionRow {
	const label = optionNames['--quiesce'];
	const reason = noFreezing(domain);
	if (reason !== null) return {kind: 'closed', label, reason};
	return yesNo(label, intent.quiesce, quiesce => ({
		...intent,
		method: undefined,
		quiesce: quiesce || undefined,
		// Memory holds what is not written yet, so only disks alone have to be frozen.
		...(quiesce && {scope: 'disk-only' as const}),
	}));
}

function noFreezing({agent, state}: Domain): string | null {
	if (!isActive({state})) return `no: it is ${state}, nothing writes`;
	if (agent === 'none') return 'no: it has no guest agent channel';
	if (agent === 'disconnected') return 'no: its guest agent does not answer';
	return state === 'paused' ? 'no: it is paused, its guest agent cannot answer' : null;
}

/** The menu's row that leads to them: what is chosen, or what there is to choose. */
export function optionWords({domain}: Facts, {scope, quiesce, dir}: CreateIntent): string {
	const kept = {memory: 'memory and disks', 'disk-only': 'disks only'} as const;
	const words = [
		...(scope !== undefined && isActive(domain) ? [kept[scope]] : []),
		...(quiesce ? ['file systems frozen'] : []),
		...(dir === undefined ? [] : [`overlays in ${dir}`]),
	];
	return words.length === 0 ? 'More options: disks only, freezing, folder' : `Options: ${words.join(', ')}`;
}

const AFTERWARDS = [undefined, 'running', 'paused'] as const;

function revertOptions(facts: Facts, intent: RevertIntent): readonly OptionRow[] {
	return [
		{
			kind: 'choices',
			label: optionNames['--running'],
			choices: ['as in the snapshot', 'running', 'paused'],
			chosen: AFTERWARDS.indexOf(intent.afterwards),
			choose: index => ({...intent, afterwards: AFTERWARDS[index]}),
		},
		yesNo('Take a snapshot first', intent.safety, safety => ({...intent, safety})),
		...newOverlaysRow(facts, intent),
	];
}

/** Only a revert to an external snapshot makes new overlays, and only beside its files can they be put elsewhere. */
function newOverlaysRow(facts: Facts, intent: RevertIntent): readonly OptionRow[] {
	const snapshot = facts.domain.snapshots.find(({tag}) => tag === intent.tag);
	if (snapshot?.kind !== 'external' || facts.host.elsewhere !== null) return [];
	const byLibvirt = beyondLibvirt(facts, snapshot, {}) === null;
	return [folderRow(intent.dir, byLibvirt ? 'libvirt chooses' : 'beside each overlay', dir => ({...intent, dir}))];
}

function deleteOptions(domain: Domain, intent: DeleteIntent): readonly OptionRow[] {
	const snapshot = domain.snapshots.find(({tag}) => tag === intent.tag);
	const children = snapshot === undefined ? 0 : descendantsOf({domain}, snapshot).length;
	return [
		...(children > 0
			? [yesNo(`Its children too (${children})`, intent.children, yes => ({...intent, children: yes}))]
			: []),
		...(snapshot?.libvirt
			? [
					yesNo(`${optionNames['--metadata-only']}, data stays`, intent.metadataOnly, yes => ({
						...intent,
						metadataOnly: yes,
					})),
				]
			: []),
	];
}

function yesNo(label: string, value: boolean | undefined, choose: (value: boolean) => Intent): Choices {
	return {
		kind: 'choices',
		label,
		choices: ['no', 'yes'],
		chosen: value ? 1 : 0,
		choose: index => choose(index === 1),
	};
}
