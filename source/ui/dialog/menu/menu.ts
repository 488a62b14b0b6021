/** What a dialog's menu offers: the best first, then what is possible, then the rest, each with the reason why not. */
import {printable} from '../../../core/words/text.ts';
import type {Dialog} from '../../state/dialog.ts';
import {cloneRows} from './clone-rows.ts';
import {furtherRows} from './further-rows.ts';
import {memoryRows} from './memory-rows.ts';
import {methodRows} from './method-rows.ts';
import {reclaimRows} from './reclaim-rows.ts';
import {recoveryRows} from './recovery-rows.ts';
import type {Explained, MenuRow} from './row.ts';

export function menuTitle({task}: Dialog): string {
	if (task === 'recover') return 'Choose what to do:';
	if (task === 'reclaim') return 'Unused overlays:';
	if (task === 'clone') return 'How the new domain gets its disks:';
	return task === 'memory' ? 'The memory, without the disks:' : 'How the snapshot is taken:';
}

/** Said above the menu. */
export function menuPreface({recovery}: Dialog): readonly Explained[] {
	if (recovery?.found == null) return [];
	const {summary, findings} = recovery.found;
	return [
		{label: 'Found', text: summary, tone: 'warn'},
		...findings.map(finding => ({label: '', text: printable(finding)})),
	];
}

export function menuRows({task, facts, intent, recovery}: Dialog): readonly MenuRow[] {
	if (recovery?.found != null) return recoveryRows(recovery);
	if (task === 'memory' && facts !== null) return memoryRows(facts);
	if (task === 'reclaim' && facts !== null) return reclaimRows(facts);
	if (intent?.verb === 'clone' && facts !== null) return cloneRows(facts, intent);
	if (facts === null || intent?.verb !== 'create') return [];
	const methods = methodRows(facts, intent);
	return [...methods, ...furtherRows(facts, intent, methods)];
}
