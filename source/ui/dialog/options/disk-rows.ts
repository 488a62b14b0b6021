/** Which disks a new snapshot holds, and where its files go: a row for each. */

import {chosenDisks, leavesOut, leftOutDisks} from '../../../core/create/choice/chosen-disks.ts';
import {isActive, writableDisks} from '../../../core/model/domain.ts';
import {coveredDisks, type Facts} from '../../../core/model/facts.ts';
import type {CreateIntent} from '../../../core/model/intent.ts';
import {counted, enumerate, printable, t} from '../../../core/words/text.ts';
import {optionNames} from '../../state/remedy-text.ts';
import type {OptionRow} from './options.ts';

export function diskRows(facts: Facts, intent: CreateIntent): readonly OptionRow[] {
	return [
		...writableDisks(facts.domain).map(({target}) => diskRow(facts, intent, target)),
		...chosenDisks(facts, intent).map(({target}) => overlayRow(intent, target)),
		...memoryRows(facts, intent),
	];
}

function diskRow(facts: Facts, intent: CreateIntent, target: string): OptionRow {
	const held = chosenDisks(facts, intent).some(disk => disk.target === target);
	return {
		kind: 'choices',
		label: `Disk ${printable(target)}`,
		choices: ['included', 'left out'],
		chosen: held ? 0 : 1,
		choose: index => withDisk(facts, intent, target, index === 0),
	};
}

/** The method is chosen anew: not each can leave a disk out. */
function withDisk(facts: Facts, intent: CreateIntent, target: string, included: boolean): CreateIntent {
	const held = new Set(chosenDisks(facts, intent).map(disk => disk.target));
	if (included) held.add(target);
	else held.delete(target);
	const usual = coveredDisks(facts).map(disk => disk.target);
	const disks = writableDisks(facts.domain).flatMap(disk => (held.has(disk.target) ? [disk.target] : []));
	const isUsual = disks.length === usual.length && disks.every(one => usual.includes(one));
	const overlays = intent.overlays?.filter(one => held.has(one.target));
	return {...intent, method: undefined, disks: isUsual ? undefined : disks, overlays};
}

const hint = 'Type the full path of a new file, or of a folder.';

function overlayRow(intent: CreateIntent, target: string): OptionRow {
	const {overlays = [], dir} = intent;
	const others = overlays.filter(one => one.target !== target);
	return {
		kind: 'typed',
		label: `Overlay of ${printable(target)}`,
		text: overlays.find(one => one.target === target)?.path ?? '',
		otherwise: dir === undefined ? 'beside the disk' : t`in ${dir}`,
		hint,
		type: path => {
			const placed = path === '' ? others : [...others, {target, path}];
			return {...intent, method: undefined, overlays: placed.length === 0 ? undefined : placed};
		},
	};
}

function memoryRows(facts: Facts, intent: CreateIntent): readonly OptionRow[] {
	if (!isActive(facts.domain) || intent.scope === 'disk-only' || leavesOut(facts, intent)) return [];
	return [
		{
			kind: 'typed',
			label: optionNames['--memory-file'],
			text: intent.memoryFile ?? '',
			otherwise: 'beside the first overlay, if memory is included',
			hint,
			type: path => ({...intent, method: undefined, memoryFile: path === '' ? undefined : path}),
		},
	];
}

/** The menu's row that leads to them. */
export function diskWords(facts: Facts, intent: CreateIntent): string {
	const held = chosenDisks(facts, intent);
	const out = leftOutDisks(facts, 'external-offline', intent);
	const names = (disks: typeof held) => enumerate(disks.map(({target}) => printable(target)));
	const which = out.length === 0 ? `all ${held.length}` : `${names(held) || 'none'}, without ${names(out)}`;
	const placed = (intent.overlays?.length ?? 0) + (intent.memoryFile === undefined ? 0 : 1);
	return `Disks: ${which}${placed === 0 ? '' : `; ${counted(placed, 'place')} chosen`}`;
}
