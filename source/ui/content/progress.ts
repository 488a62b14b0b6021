/** A plan under way or done: each step with its mark, the command's own words where it failed, what to do next. */
import type {Receipt, ReceiptStatus, StepRecord} from '../../core/receipt.ts';
import {formatDate, printable, shellCommand} from '../../core/text.ts';
import {blank, type Line, labelled, paragraph, span} from '../line.ts';
import type {Work} from '../state.ts';
import type {Glyphs, Tone} from '../theme.ts';

export function workLines(work: Work, columns: number, glyphs: Glyphs): readonly Line[] {
	const {plan, receipt} = work;
	const records = receipt?.steps ?? [];
	return [
		...plan.steps.flatMap((step, index) => [
			stepLine(step.title, records[index]?.status ?? 'pending', glyphs),
			...failureLines(records[index], columns),
		]),
		...(receipt?.undone ?? []).flatMap(record => undoneLines(record, columns, glyphs)),
		blank,
		...resultLines(work, columns),
		...(receipt ? labelled('Receipt', receipt.id, columns) : []),
	];
}

type Mark = {readonly glyph: keyof Glyphs; readonly tone: Tone; readonly word: string};

const MARKS: Readonly<Record<StepRecord['status'], Mark>> = {
	pending: {glyph: 'waiting', tone: 'dim', word: 'waiting'},
	running: {glyph: 'running', tone: 'accent', word: 'running'},
	done: {glyph: 'done', tone: 'ok', word: 'done'},
	failed: {glyph: 'failed', tone: 'bad', word: 'failed'},
};

function stepLine(title: string, status: StepRecord['status'], glyphs: Glyphs): Line {
	const {glyph, tone, word} = MARKS[status];
	return [
		span(`${glyphs[glyph]} `, tone),
		span(`${word.padEnd(8)} `, tone),
		span(printable(title), tone === 'dim' ? 'dim' : 'plain'),
	];
}

function failureLines(record: StepRecord | undefined, columns: number): Line[] {
	if (record?.status !== 'failed') return [];
	return [
		...paragraph(`    $ ${printable(shellCommand(record.argv))}`, columns, 'accent', '      '),
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
	return paragraph(`${glyphs[glyph]} taken back: ${printable(shellCommand(record.argv))}`, columns, tone, '    ');
}

const RESULTS: Readonly<Record<ReceiptStatus, {readonly tone: Tone; readonly text: string}>> = {
	running: {tone: 'accent', text: 'Under way. Esc goes back to the lists; the work goes on.'},
	verified: {tone: 'ok', text: 'Done, and verified by reading it back.'},
	failed: {tone: 'bad', text: 'FAILED.'},
	undone: {tone: 'bad', text: 'FAILED, and taken back: things are as before.'},
	stale: {tone: 'bad', text: 'Not carried out: the facts had changed. Nothing was touched.'},
};

function resultLines({receipt, finished, failure}: Work, columns: number): Line[] {
	if (failure !== null) return paragraph(`Broken off: ${printable(failure)}`, columns, 'bad');
	if (receipt === null) return [[span('Checking that nothing has changed since the plan was made.', 'dim')]];
	if (!finished && receipt.status === 'running') {
		const allDone = receipt.steps.every(({status}) => status === 'done');
		return [[span(allDone ? 'Reading back whether it is as planned.' : RESULTS.running.text, RESULTS.running.tone)]];
	}
	const {tone, text} = RESULTS[receipt.status];
	return [[span(text, tone)], ...detailLines(receipt, columns)];
}

function detailLines({status, findings, message, remedy, endedAt}: Receipt, columns: number): Line[] {
	return [
		...(message === '' || status === 'verified' ? [] : labelled('State', printable(message), columns)),
		...findings.flatMap(finding => labelled('Found', printable(finding), columns, 'warn')),
		...(remedy === null ? [] : labelled('Remedy', printable(remedy), columns)),
		...(endedAt === null ? [] : labelled('Ended', formatDate(endedAt), columns)),
	];
}
