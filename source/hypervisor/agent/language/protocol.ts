/** The language between virsnap and the virsnap on another host: who asks, asks by name; who is asked, decides. */
import {
	array,
	type GenericSchema,
	type InferOutput,
	integer,
	literal,
	maxLength,
	minValue,
	nullable,
	number,
	object,
	optional,
	picklist,
	pipe,
	strictObject,
	strictTuple,
	string,
	union,
	unknown,
} from 'valibot';
import {askedSchema} from './asked-schema.ts';

/** Changes whenever an older end would misunderstand a newer one. */
export const protocolVersion = 8;

/** The first line that the agent writes; what a login shell prints before it is skipped. */
export const greeting = (version: string): string => `VIRSNAP-AGENT ${protocolVersion} ${version}\n`;

const word = pipe(string(), maxLength(65_536));
const snapshot = strictObject({tag: word, duplicates: pipe(number(), integer(), minValue(0))});

/** What each call is given. */
export const callSchemas = {
	/** A sign of life: the time there, in milliseconds since 1970. */
	clock: strictTuple([]),
	fileSystems: strictTuple([]),
	refresh: strictTuple([]),
	facts: strictTuple([word, pipe(array(word), maxLength(1000)), nullable(word)]),
	sizes: strictTuple([word]),
	sizeTogether: strictTuple([word, pipe(array(word), maxLength(100_000))]),
	difference: strictTuple([word, snapshot, snapshot]),
	picture: strictTuple([word, word]),
	savedDomain: strictTuple([word]),
	prepare: strictTuple([]),
	/** The domain, what was asked, and the plan that was made of it there: it has to be the one that is made of it here. */
	carryOut: strictTuple([word, askedSchema, unknown()]),
	receipts: strictTuple([]),
	oddReceipts: strictTuple([]),
	unfinished: strictTuple([]),
	follow: strictTuple([word]),
	cancel: strictTuple([word]),
	recovery: strictTuple([word]),
	recover: strictTuple([word, picklist(['close', 'go-on', 'way-back', 'leave'])]),
} as const;

export type CallName = keyof typeof callSchemas;

export const callNames = Object.keys(callSchemas) as CallName[];

const id = pipe(number(), integer(), minValue(0));

/** A message to the agent. `watch` is sent once: from then on it tells of every change. */
export const requestSchema = union([
	strictObject({id, call: picklist(callNames), given: pipe(array(unknown()), maxLength(8))}),
	strictObject({abort: id}),
	strictObject({watch: literal(true)}),
]) as GenericSchema<unknown, AgentRequest>;

export type AgentRequest =
	| {readonly id: number; readonly call: CallName; readonly given: readonly unknown[]}
	| {readonly abort: number}
	| {readonly watch: true};

/** What went wrong, as far as the other end can use it. */
const failureSchema = object({
	message: string(),
	remedy: optional(unknown()),
	refusal: optional(object({code: string(), reason: string(), remedy: unknown()})),
});

export type FailureThere = InferOutput<typeof failureSchema>;

/** A message of the agent: its view, commands that it ran, news of a call, or how a call ended. */
export const messageSchema = union([
	object({view: object({}), commands: array(unknown())}),
	object({id, news: unknown()}),
	object({id, result: unknown()}),
	object({id, failure: failureSchema}),
]);
