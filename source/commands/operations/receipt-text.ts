/** Receipts as text. */

import type {OddReceipt, Receipt, StepRecord} from '../../core/model/receipt.ts';
import {undoable} from '../../core/recover/undo.ts';
import {ownLine} from '../../core/words/own-line.ts';
import {asCommands, type Typed} from '../../core/words/remedy.ts';
import {formatDate, printable, shellCommand, t} from '../../core/words/text.ts';
import {printableLines} from '../line/printable-lines.ts';
import {table} from '../show/table.ts';

/** How it ended: what happened, what state things are in, what to do next, and where it is written down. */
export function endingText(receipt: Receipt, typed: Typed): string {
	const {id, plan, status, message, remedy, findings, recovers} = receipt;
	const {host} = typed;
	const line = (verb: string) => ownLine({words: [verb, id], options: []}, host);
	return [
		t`${recovers === undefined ? '' : 'recovery of '}${subject(plan)}${host === null ? '' : ` on ${host}`}: ${status}${message ? `. ${printableLines(message)}` : ''}`,
		...findings.map(finding => t`  ${finding}`),
		...(remedy ? [printableLines(asCommands(remedy, typed))] : []),
		`Receipt: ${line('log')}`,
		...(undoable(receipt) === true ? [`To undo it: ${line('undo')}`] : []),
	].join('\n');
}

/** All receipts, one a line. `hosts`: the host of each, where there are several. */
export function receiptTable(
	receipts: readonly (Omit<Receipt, 'status'> & {readonly status: string})[],
	hosts: readonly string[] | null = null,
): string {
	const rows = receipts.map(({id, startedAt, plan, status, recovers}, index) => [
		id,
		formatDate(startedAt),
		...(hosts === null ? [] : [printable(hosts[index]!)]),
		recovers === undefined ? plan.verb : 'recover',
		printable(plan.domain.name),
		plan.tag === null ? '-' : printable(plan.tag),
		status,
	]);
	return table(['ID', 'DATE', ...(hosts === null ? [] : ['HOST']), 'VERB', 'DOMAIN', 'TAG', 'STATUS'], rows);
}

/** Files that are set aside, each with the reason. Nothing of them is ever run. */
export function oddText(odd: readonly OddReceipt[]): string {
	return odd.map(({file, reason}) => t`Not used: ${file}: ${reason}.`).join('\n');
}

/** One receipt in full: every command that was run and its own words. */
export function receiptText(receipt: Receipt, typed: Typed): string {
	const {plan, startedAt, endedAt, steps, undone} = receipt;
	return [
		`${formatDate(startedAt)} to ${endedAt === null ? 'now' : formatDate(endedAt)}${plan.method ? `, ${plan.method}` : ''}`,
		...steps.flatMap((step, index) => stepLines(step, plan.steps[index]?.title ?? '')),
		...undone.flatMap(step => stepLines(step, 'Rolled back')),
		endingText(receipt, typed),
	].join('\n');
}

/** What it was about, in a few words; not made printable yet. */
export function subject({verb, tag, domain}: Receipt['plan']): string {
	return `${verb} ${tag === null ? '' : `${tag} of `}${domain.name}`;
}

function stepLines({argv, status, exitCode, stdout, stderr}: StepRecord, title: string): string[] {
	const ending = exitCode === null || exitCode === 0 ? status : `${status}, status ${exitCode}`;
	return [
		t`${title}: ${ending}`,
		t`  $ ${shellCommand(argv)}`,
		...[stdout, stderr]
			.filter(text => text.trim() !== '')
			.map(text => `  ${printableLines(text.trim()).replaceAll('\n', '\n  ')}`),
	];
}
