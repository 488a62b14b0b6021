/** A plan under way or done: each step with its mark, the command's own words where it failed, what to do next. */

import {DONE, type Receipt, type ReceiptStatus, type StepRecord} from '../../core/model/receipt.ts';
import type {Stop} from '../../core/steps/stopping.ts';
import {progressWords} from '../../core/words/progress.ts';
import {formatDate, printable, shellCommand, t} from '../../core/words/text.ts';
import type {HostName} from '../state/hosts/placed.ts';
import {asKeys} from '../state/remedy-text.ts';
import type {State, Work} from '../state/state.ts';
import {stopOf} from '../state/works.ts';
import {blank, type Line, labelled, paragraph, span} from '../terminal/line.ts';
import type {Glyphs, Tone} from '../terminal/theme.ts';
import {onlyAsked} from './reduce-operations.ts';

export function workLines(work: Work, {now, glyphs}: Pick<State, 'now' | 'glyphs'>, columns: number): readonly Line[] {
	const {plan, receipt} = work;
	const records = receipt?.steps ?? [];
	return [
		...plan.steps.flatMap((step, index) => [
			stepLine(step.title, records[index], glyphs, work),
			...failureLines(records[index], columns),
		]),
		...(receipt?.undone ?? []).flatMap(record => undoneLines(record, columns, glyphs)),
		blank,
		...resultLines(work, columns),
		...(receipt !== null && !work.finished ? goingLines(work, receipt, now, columns) : []),
		...(receipt ? labelled('Receipt', receipt.id, columns) : []),
	];
}

/** How long and how far. */
function goingLines({cancelled}: Work, receipt: Receipt, now: string | null, columns: number): Line[] {
	const elapsed = elapsedWords(receipt, now);
	return [
		...(elapsed === '' ? [] : labelled('Elapsed', elapsed, columns)),
		...(receipt.progress ? labelled('Done', progressWords(receipt.progress), columns) : []),
		...(cancelled ? labelled('Cancel', `requested: ${STOPPING[stopOf(receipt)]}`, columns, 'warn') : []),
	];
}

const STOPPING: Readonly<Record<Stop, string>> = {
	'breaks-off': 'this step is being aborted',
	'before-next': 'stops before the next step, because this one cannot be aborted',
	'too-late': 'but this step is the last, and cannot be aborted',
};

/** "45 s", "2 min 05 s", "1 h 02 min"; empty where there is no clock. */
export function elapsedWords({startedAt, endedAt}: Receipt, now: string | null): string {
	const end = endedAt ?? now;
	if (end === null) return '';
	const seconds = Math.max(0, Math.floor((Date.parse(end) - Date.parse(startedAt)) / 1000));
	const two = (value: number) => String(value).padStart(2, '0');
	if (seconds < 60) return `${seconds} s`;
	if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${two(seconds % 60)} s`;
	return `${Math.floor(seconds / 3600)} h ${two(Math.floor(seconds / 60) % 60)} min`;
}

type Mark = {readonly glyph: keyof Glyphs; readonly tone: Tone; readonly word: string};

const MARKS: Readonly<Record<StepRecord['status'], Mark>> = {
	pending: {glyph: 'waiting', tone: 'dim', word: 'waiting'},
	running: {glyph: 'running', tone: 'accent', word: 'running'},
	done: {glyph: 'done', tone: 'ok', word: 'done'},
	failed: {glyph: 'failed', tone: 'bad', word: 'failed'},
};

const STOPPED: Mark = {glyph: 'failed', tone: 'warn', word: 'stopped'};

/** Whether the step that was running has happened is for recovery to find out. */
const UNKNOWN: Mark = {glyph: 'failed', tone: 'bad', word: 'unknown'};

function stepLine(title: string, record: StepRecord | undefined, glyphs: Glyphs, work: Work): Line {
	const {glyph, tone, word} = markOf(record?.status ?? 'pending', work);
	return [
		span(`${glyphs[glyph]} `, tone),
		span(`${word.padEnd(8)} `, tone),
		span(printable(title), tone === 'dim' ? 'dim' : 'plain'),
	];
}

function markOf(status: StepRecord['status'], {receipt, finished}: Work): Mark {
	if (status === 'failed' && receipt?.cancelled) return STOPPED;
	return status === 'running' && finished ? UNKNOWN : MARKS[status];
}

function failureLines(record: StepRecord | undefined, columns: number): Line[] {
	if (record?.status !== 'failed') return [];
	return [
		...paragraph(t`    $ ${shellCommand(record.argv)}`, columns, 'accent', '      '),
		...ownWords(record).flatMap(row => paragraph(`    ${row}`, columns, 'bad', '    ')),
		...(record.exitCode === null ? [] : [[span(`    exit status ${record.exitCode}`, 'dim')]]),
	];
}

const ownWords = ({stderr, stdout}: StepRecord): string[] =>
	`${stderr}\n${stdout}`
		.split('\n')
		.filter(row => row.trim() !== '')
		.map(printable);

function undoneLines(record: StepRecord, columns: number, glyphs: Glyphs): Line[] {
	const {glyph, tone} = MARKS[record.status];
	return paragraph(t`${String(glyphs[glyph])} rolled back: ${shellCommand(record.argv)}`, columns, tone, '    ');
}

const RESULTS: Readonly<Record<ReceiptStatus, {readonly tone: Tone; readonly text: string}>> = {
	running: {tone: 'accent', text: 'Running. Esc goes back to the lists; the operation continues.'},
	verified: {tone: 'ok', text: 'Done and verified.'},
	failed: {tone: 'bad', text: 'FAILED.'},
	undone: {tone: 'bad', text: 'FAILED; finished steps were rolled back, everything is as before.'},
	stale: {tone: 'bad', text: 'Not run: the domain changed since the plan was made.'},
};

const CANCELLED: Partial<typeof RESULTS> = {
	failed: {tone: 'bad', text: 'CANCELLED, partly done.'},
	undone: {tone: 'warn', text: 'Cancelled: things are as before.'},
};

const ASKED: (typeof RESULTS)['verified'] = {
	tone: 'ok',
	text: 'Shutdown requested. If the guest ignores it: X forces it off.',
};

function resultLines({receipt, finished, failure, host}: Work, columns: number): Line[] {
	if (failure !== null) return paragraph(t`Aborted: ${failure}`, columns, 'bad');
	if (receipt === null) return [[span('Checking that nothing has changed since the plan was made.', 'dim')]];
	if (!finished && receipt.status === 'running') {
		const allDone = receipt.steps.every(({status}) => status === 'done');
		return paragraph(allDone ? 'Verifying the result.' : RESULTS.running.text, columns, RESULTS.running.tone);
	}
	if (receipt.endedAt === null) return interruptedLines(columns);
	const usual = onlyAsked(receipt) ? ASKED : RESULTS[receipt.status];
	const {tone, text} = (receipt.cancelled && CANCELLED[receipt.status]) || usual;
	return [...paragraph(text, columns, tone), ...detailLines(receipt, host, columns)];
}

const interruptedLines = (columns: number): Line[] => [
	[span('INTERRUPTED: its process is gone.', 'bad')],
	...labelled('Next', 'u shows the present state and the choices.', columns),
];

function detailLines(receipt: Receipt, host: HostName, columns: number): Line[] {
	const {plan, findings, message, remedy, endedAt, status} = receipt;
	const here = {host, uuid: plan.domain.uuid};
	return [
		...(message === '' || message === DONE ? [] : labelled('State', printable(message), columns)),
		...findings.flatMap(finding => labelled('Found', printable(finding), columns, 'warn')),
		...(remedy === null ? [] : labelled('Remedy', asKeys(remedy, here), columns)),
		...(status === 'verified' && plan.wayBack !== '' ? labelled('Undo', asKeys(plan.wayBack, here), columns) : []),
		...(endedAt === null
			? []
			: labelled('Ended', `${formatDate(endedAt)}, after ${elapsedWords(receipt, null)}`, columns)),
	];
}
