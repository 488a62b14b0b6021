/** The review of several snapshots: how many, what is freed and what is lost; which are left out and why; what each plan runs. */
import {freedWords} from '../../../core/planning/several/freed.ts';
import {counted, plural, printable, shellCommand, t} from '../../../core/words/text.ts';
import type {AtError, Dialog, PlacedTurn, Reviewed, Several} from '../../state/dialog.ts';
import {calledOn} from '../../state/hosts/placed.ts';
import {asKeys} from '../../state/remedy-text.ts';
import {blank, type Line, labelled, paragraph, span, wrap} from '../../terminal/line.ts';
import {freedOf, type Planned, plannedOf} from './reviewed.ts';

/** "delete", "protect", "unprotect" or "set expiry of" */
export function severalVerb({intent}: Pick<Dialog, 'intent'>): string {
	if (intent?.verb !== 'edit') return 'delete';
	if (intent.expires !== undefined) return 'set the expiry of';
	return intent.protect ? 'protect' : 'unprotect';
}

/** "delete 12 snapshots of 4 domains", and where there are several hosts "… on h1" or "… on 2 hosts" */
export function severalTitle(dialog: Dialog): string {
	return `${severalVerb(dialog)} ${countWords(dialog.several!.turns)}`;
}

export function severalWaiting({turns, facts}: Several): string {
	const all = new Set(turns.map(({key}) => key)).size;
	return `Reading the facts for the plans: ${Object.keys(facts).length} of ${counted(all, 'domain')}.`;
}

function countWords(turns: readonly PlacedTurn[]): string {
	const domains = new Set(turns.map(({key}) => key)).size;
	return `${counted(turns.length, 'snapshot')} of ${counted(domains, 'domain')}${onHosts(turns)}`;
}

function onHosts(turns: readonly PlacedTurn[]): string {
	const [first = null, ...others] = new Set(turns.map(({host}) => host));
	if (first === null) return '';
	return others.length === 0 ? t` on ${first}` : ` on ${counted(others.length + 1, 'host')}`;
}

export const AT_ERROR: Readonly<Record<AtError, string>> = {
	stop: 'stop, and leave the rest as it is',
	continue: 'continue with the rest',
};

type Made = {readonly columns: number; readonly lines: readonly Line[]};

/** There may be thousands, and each key asks several times. */
const made = new WeakMap<Several, Made>();

export function severalLines(dialog: Dialog, columns: number): readonly Line[] {
	const several = dialog.several!;
	const known = made.get(several);
	if (known?.columns === columns) return known.lines;
	const lines = linesOf(dialog, several, columns);
	made.set(several, {columns, lines});
	return lines;
}

function linesOf(dialog: Dialog, several: Several, columns: number): readonly Line[] {
	const planned = plannedOf(several);
	const refused = (several.reviewed ?? []).filter(({outcome}) => 'refusal' in outcome);
	return [
		...headLines(dialog, several, planned, columns),
		...refusedLines(refused, columns),
		blank,
		...planned.flatMap((one, index) => [...planLines(one, index, columns), blank]),
	];
}

function headLines(dialog: Dialog, several: Several, planned: readonly Planned[], columns: number): Line[] {
	if (planned.length === 0) return [[span('Nothing can be done. Nothing was touched.', 'bad')], blank];
	const {intent} = dialog;
	const keep = intent?.verb === 'edit' && intent.expires !== undefined ? `: ${intent.expires}` : '';
	const does = `${severalVerb(dialog)} ${countWords(planned.map(({turn}) => turn))}${keep}`;
	const freed = intent?.verb === 'delete' ? [frees(several), 'remove' as const] : null;
	return [
		...labelled('Will', does, columns, 'title'),
		...(freed === null ? [] : labelled('Frees', freed[0]!, columns)),
		...(freed === null
			? []
			: labelled(
					'Lost',
					`you can no longer revert to ${plural(planned.length, 'it', 'any of them')}`,
					columns,
					'remove',
				)),
		...labelled('At error', `${AT_ERROR[several.atError]} (Tab changes it)`, columns),
		...labelled('How', 'one after another: each is planned anew in its turn, recorded and verified by itself', columns),
	];
}

/** "delete 12 snapshots (frees at least 1.2 GiB)", and shorter where that is wider than so many columns. */
export function severalPrompt(several: Several, columns: number): string {
	const count = plannedOf(several).length;
	const freed = freedWords(freedOf(several));
	const long = `delete ${counted(count, 'snapshot')} (frees ${freed ?? 'what is not known'})`;
	return long.length <= columns ? long : `delete ${count}${freed === null ? '' : ` (${freed})`}`;
}

/** "at least 1.2 GiB", or that it is not known. */
export const frees = (several: Several): string => freedWords(freedOf(several)) ?? 'not known';

/** With the reason, and what to do about it where that is not the same for the one before. */
function refusedLines(refused: readonly Reviewed[], columns: number): Line[] {
	if (refused.length === 0) return [];
	return [
		blank,
		[span(`Left out: ${refused.length}`, 'warn')],
		...refused.flatMap(({turn, outcome}) => {
			if ('plan' in outcome) return [];
			const {reason, remedy} = outcome.refusal;
			return [
				...paragraph(
					t`  ${turn.snapshot.tag} of ${calledOn(turn.host, turn.domain)}: ${reason}`,
					columns,
					'warn',
					'    ',
				),
				...paragraph(`    ${asKeys(remedy, {host: turn.host, uuid: null})}`, columns, 'dim', '    '),
			];
		}),
	];
}

function planLines({turn, plan}: Planned, index: number, columns: number): Line[] {
	return [
		[span(`${index + 1}. `, 'dim'), span(t`${turn.snapshot.tag} of ${calledOn(turn.host, turn.domain)}`, 'title')],
		...plan.losses.flatMap(loss => paragraph(`   ${printable(loss)}`, columns, 'remove', '   ')),
		...plan.warnings.flatMap(warning =>
			paragraph(`   ${asKeys(warning, {host: turn.host, uuid: null})}`, columns, 'warn', '   '),
		),
		...plan.steps.flatMap(({argv}) =>
			wrap(printable(shellCommand(argv)), Math.max(8, columns - 5), '  ').map(
				(row, at): Line => [span(at === 0 ? '   $ ' : '     ', 'dim'), span(row, 'accent')],
			),
		),
	];
}
