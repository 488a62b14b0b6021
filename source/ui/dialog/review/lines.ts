/** A plan as it will be carried out: the very argv arrays, what they change, what is lost, how to get back. Or the refusal. */

import type {Domain} from '../../../core/model/domain.ts';
import type {Outcome, Plan} from '../../../core/model/plan.ts';
import type {Refusal} from '../../../core/model/refusal.ts';
import type {Change, Step} from '../../../core/model/step.ts';
import {ifItFails} from '../../../core/planning/if-it-fails.ts';
import type {Choice} from '../../../core/recover/recovery.ts';
import {pictureWords} from '../../../core/snapshots/contents/picture.ts';
import {holdsWords} from '../../../core/words/consistency.ts';

import {formatBytes, printable, shellCommand, t} from '../../../core/words/text.ts';
import type {Dialog} from '../../state/dialog.ts';
import {type HostName, splitKey} from '../../state/hosts/placed.ts';
import {asKeys, type Here} from '../../state/remedy-text.ts';
import {kindMade} from '../../state/snapshots/snapshot-kind.ts';
import {blank, type Line, labelled, paragraph, span, wrap} from '../../terminal/line.ts';
import type {Tone} from '../../terminal/theme.ts';
import {closingChoice} from '../outcome.ts';
import {severalLines} from '../several/lines.ts';

/** What the review of a dialog shows; nothing in its other steps. */
export function reviewLines(dialog: Dialog, columns: number): readonly Line[] {
	if (dialog.steps[dialog.at] !== 'review') return [];
	if (dialog.several !== null) return severalLines(dialog, columns);
	const closing = closingChoice(dialog);
	if (closing !== null) return closingLines(closing, columns);
	return dialog.outcome === null ? [] : outcomeLines(dialog.outcome, dialog, columns);
}

function outcomeLines(outcome: Outcome, {facts, domain}: Dialog, columns: number): readonly Line[] {
	const {host} = splitKey(domain);
	return 'plan' in outcome
		? planLines(outcome.plan, {domain: facts?.domain ?? null, host}, columns)
		: refusalLines(outcome.refusal, {host, uuid: facts?.domain.uuid ?? null}, columns);
}

/** A choice of a recovery that runs nothing. */
function closingLines({label, status, message}: Closing, columns: number): readonly Line[] {
	return [
		[span(printable(label), 'title')],
		blank,
		...paragraph('No command is run, and the domain is not touched. The receipt is closed:', columns),
		...labelled('Status', status, columns),
		...labelled('Message', printable(message), columns),
	];
}

function refusalLines({reason, remedy}: Refusal, here: Here, columns: number): Line[] {
	return [
		[span('Refused. Nothing was touched.', 'bad')],
		blank,
		...labelled('Reason', printable(reason), columns),
		...labelled('Remedy', asKeys(remedy, here), columns),
	];
}

const MAKES: readonly Plan['verb'][] = ['create', 'save', 'clone'];

/** The domain as it was when the plan was made, and its host. */
type PlannedOn = {readonly domain: Domain | null; readonly host: HostName};

/** What it means comes before how it is done: the commands of a long plan leave a small screen no room below. */
function planLines(plan: Plan, {domain, host}: PlannedOn, columns: number): Line[] {
	const failing = ifItFails(plan);
	const here = {host, uuid: plan.domain.uuid};
	const holds = holdsWords(plan);
	return [
		...(MAKES.includes(plan.verb) && plan.method !== null && domain !== null
			? labelled('Makes', kindMade(plan.method, domain), columns, 'title')
			: []),
		...plan.losses.flatMap(loss => labelled('Lost', printable(loss), columns, 'remove')),
		...plan.warnings.flatMap(warning => labelled('Warning', asKeys(warning, here), columns, 'warn')),
		...(holds === null ? [] : labelled('Holds', holds, columns)),
		...(plan.picture ? labelled('Picture', pictureWords, columns) : []),
		...(plan.verb === 'clone' ? spaceLines(plan, columns) : []),
		...labelled('Pause', printable(plan.pause), columns),
		...labelled('Undo', undoOf(plan, here), columns),
		blank,
		...plan.steps.flatMap((step, index) => stepLines(step, index, columns)),
		blank,
		...labelled('Why', printable(plan.why), columns),
		...(failing === null ? [] : labelled('If it fails', failing, columns, 'plain', 12)),
	];
}

function spaceLines({space = []}: Plan, columns: number): Line[] {
	const free = (bytes: number | null) => (bytes === null ? '' : `, of ${formatBytes(bytes)} free`);
	return space.flatMap(({where, neededBytes, freeBytes}) =>
		labelled('Space', t`up to ${formatBytes(neededBytes)} in ${where}${free(freeBytes)}`, columns),
	);
}

function undoOf({verb, wayBack, losses}: Plan, here: Here): string {
	if (wayBack !== '') return asKeys(wayBack, here);
	return verb === 'revert' && losses.length > 0 ? 'none, unless you go back (Esc) and take a snapshot first' : 'none';
}

function stepLines({title, argv, input, changes}: Step, index: number, columns: number): Line[] {
	const command = wrap(printable(shellCommand(argv)), Math.max(8, columns - 4), '  ');
	const lines = input === undefined ? 0 : input.split('\n').length;
	return [
		[span(`${index + 1}. `, 'dim'), span(printable(title), 'title')],
		...command.map((row, at): Line => [span(at === 0 ? '  $ ' : '    ', 'dim'), span(row, 'accent')]),
		...(lines > 0 ? [[span(`    reads ${lines} lines on its standard input (Ctrl-Y copies them too)`, 'dim')]] : []),
		...changes.flatMap(change => changeLines(change, columns)),
	];
}

type Closing = Extract<Choice, {status: unknown}>;

const SIGNS: Readonly<Record<Change['sign'], Tone>> = {'+': 'add', '~': 'change', '-': 'remove'};

function changeLines({sign, what}: Change, columns: number): Line[] {
	return paragraph(t`    ${sign} ${what}`, columns, SIGNS[sign], '      ');
}
