/** What a receipt has to be before it is believed. */
import {
	array,
	boolean,
	check,
	type GenericSchema,
	literal,
	nullable,
	number,
	object,
	optional,
	picklist,
	pipe,
	record,
	safeParse,
	string,
	union,
	unknown,
	variant,
} from 'valibot';
import type {Plan} from '../../../core/model/plan.ts';
import type {ProcessMark, Receipt, StepRecord} from '../../../core/model/receipt.ts';
import {keyActions} from '../../../core/model/remedy.ts';
import {doesSchema} from '../../../core/steps/schema.ts';
import {isTrueToItself} from '../../../core/steps/step.ts';

const words = array(string());

const change = object({sign: picklist(['+', '~', '-']), what: string()});

const step = pipe(
	object({
		title: string(),
		does: doesSchema,
		argv: words,
		input: optional(string()),
		success: picklist(['exit', 'silent', 'told']),
		changes: array(change),
		undo: nullable(words),
		undoInput: optional(string()),
	}),
	check(one => isTrueToItself(one), 'its command does not match its step'),
);

const action = union([
	object({does: nullable(picklist(keyActions)), domain: nullable(string()), command: nullable(string())}),
	object({
		does: nullable(picklist(keyActions)),
		domain: nullable(string()),
		virsnap: array(object({words, options: words})),
	}),
	object({option: string()}),
]);

const remedy = union([string(), array(union([string(), action]))]);

const state = string();

const expectation = variant('kind', [
	object({
		kind: literal('snapshot'),
		tag: string(),
		health: words,
		alone: optional(boolean()),
		description: optional(string()),
		protected: optional(boolean()),
		expiresAt: optional(nullable(string())),
		parent: optional(string()),
	}),
	object({
		kind: literal('no-snapshot'),
		tag: string(),
		protected: optional(literal(false)),
		as: optional(string()),
		libvirt: optional(boolean()),
	}),
	object({kind: literal('current'), tag: string()}),
	object({kind: literal('state'), state, or: optional(state)}),
	object({kind: literal('file'), file: string(), present: boolean(), memory: optional(boolean())}),
	object({kind: picklist(['domain', 'no-domain']), name: string(), uuid: optional(string())}),
	object({kind: literal('active')}),
	object({kind: literal('source'), target: string(), file: string()}),
]);

const space = object({where: string(), neededBytes: number(), freeBytes: nullable(number())});

/** What the planners alone choose is text here: nothing is run by it. */
const plan = object({
	verb: string(),
	domain: object({uuid: string(), name: string()}),
	tag: nullable(string()),
	method: nullable(string()),
	why: string(),
	consistency: nullable(string()),
	leftOut: optional(words),
	picture: optional(literal(true)),
	pause: string(),
	steps: array(step),
	losses: words,
	warnings: array(remedy),
	wayBack: remedy,
	onFailure: picklist(['undo', 'stop']),
	confirm: nullable(string()),
	basis: record(string(), string()),
	expect: array(expectation),
	files: optional(record(string(), string())),
	space: optional(array(space)),
	file: optional(string()),
	asked: optional(record(string(), unknown())),
}) as unknown as GenericSchema<unknown, Plan>;

const mark: GenericSchema<unknown, ProcessMark> = object({pid: number(), startTicks: string(), bootId: string()});

const stepRecord: GenericSchema<unknown, StepRecord> = object({
	argv: words,
	status: picklist(['pending', 'running', 'done', 'failed']),
	startedAt: nullable(string()),
	endedAt: nullable(string()),
	exitCode: nullable(number()),
	stdout: string(),
	stderr: string(),
});

const receipt: GenericSchema<unknown, Receipt> = pipe(
	object({
		version: literal(2),
		id: string(),
		plan,
		status: picklist(['running', 'verified', 'failed', 'undone', 'stale']),
		startedAt: string(),
		endedAt: nullable(string()),
		steps: array(stepRecord),
		made: nullable(record(string(), string())),
		undone: array(stepRecord),
		findings: words,
		message: string(),
		remedy: nullable(remedy),
		runner: optional(mark),
		progress: optional(nullable(object({doneBytes: number(), totalBytes: number()}))),
		cancelled: optional(boolean()),
		recovers: optional(string()),
	}),
	check(({plan, steps}) => plan.steps.length === steps.length, 'it does not have one record for each step'),
);

/** The receipt, or in a few words what is wrong with it. */
export function checkReceipt(value: unknown): {readonly receipt: Receipt} | {readonly reason: string} {
	const result = safeParse(receipt, value, {abortEarly: true});
	if (result.success) return {receipt: result.output};
	const [issue] = result.issues;
	const place = issue.path?.map(({key}) => String(key)).join('.') ?? '';
	return {reason: place === '' ? issue.message : `${place}: ${issue.message}`};
}
