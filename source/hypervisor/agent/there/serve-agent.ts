/** The port of this host for a virsnap on another one: it tells what is here and decides what is done; what comes in is only asked. */
import type {Readable, Writable} from 'node:stream';
import {type InferOutput, safeParse} from 'valibot';
import type {Hypervisor, LoggedCommand, Reading} from '../../../core/model/hypervisor.ts';
import type {Receipt} from '../../../core/model/receipt.ts';
import {refuse} from '../../../core/model/refusal.ts';
import type {Snapshot} from '../../../core/model/snapshot.ts';
import {RefusalError, remedyOf} from '../../../core/words/foreseen-error.ts';
import {sameVersions} from '../language/failed-there.ts';
import {FrameError, frameReader} from '../language/frames.ts';
import {type Outbox, outboxTo} from '../language/outbox.ts';
import {type AgentRequest, type CallName, callSchemas, greeting, requestSchema} from '../language/protocol.ts';
import {type Sender, viewSender} from '../language/view-changes.ts';
import {type KeptFacts, keepFacts} from './kept-facts.ts';

type Given<Name extends CallName> = InferOutput<(typeof callSchemas)[Name]>;

type Around = {readonly hypervisor: Hypervisor; readonly kept: KeptFacts; readonly sender: Sender};

/** `tell`: the progress of a reading, or each state of a receipt. */
type Call = Reading & {readonly tell: (news: unknown) => void};

/** How each call is answered. */
type Answers = {
	readonly [Name in CallName]: (around: Around, given: Given<Name>, call: Call) => Promise<unknown>;
};

/** An answer that depends on what has been sent before it. */
class Late {
	readonly make: () => unknown;
	constructor(make: () => unknown) {
		this.make = make;
	}
}

const answers: Answers = {
	clock: async () => Date.now(),
	fileSystems: ({hypervisor}) => hypervisor.fileSystems(),
	refresh: ({hypervisor}) => hypervisor.refresh(),
	async facts({hypervisor, kept, sender}, [uuid, folders, file]) {
		const facts = await hypervisor.facts(uuid, folders, file ?? undefined);
		await kept.add(facts);
		return new Late(() => sender.factsOf(facts));
	},
	sizes: ({hypervisor}, [uuid], call) => hypervisor.sizes(uuid, call),
	sizeTogether: ({hypervisor}, [uuid, tags], call) => hypervisor.sizeTogether(uuid, tags, call),
	difference: ({hypervisor}, [uuid, from, to], call) =>
		hypervisor.difference(uuid, snapshotOf(hypervisor, uuid, from), snapshotOf(hypervisor, uuid, to), call),
	picture: ({hypervisor}, [uuid, createdAt]) => hypervisor.picture(uuid, createdAt),
	savedDomain: ({hypervisor}, [file]) => hypervisor.savedDomain(file),
	prepare: ({hypervisor}) => hypervisor.prepare(),
	async carryOut({hypervisor, kept}, [uuid, asked, sent], {tell}) {
		const plan = await kept.planOf(uuid, asked, sent);
		if (plan === null) throw new RefusalError(notOurs);
		return hypervisor.carryOut(plan, tell);
	},
	receipts: ({hypervisor}) => hypervisor.receipts(),
	oddReceipts: ({hypervisor}) => hypervisor.oddReceipts(),
	unfinished: ({hypervisor}) => hypervisor.unfinished(),
	follow: ({hypervisor}, [id], {tell}) => hypervisor.follow(id, tell),
	cancel: ({hypervisor}, [id]) => hypervisor.cancel(id),
	recovery: ({hypervisor}, [id]) => hypervisor.recovery(id),
	recover: ({hypervisor}, [id, choice], {tell}) => hypervisor.recover(id, choice, tell as (receipt: Receipt) => void),
};

const notOurs = refuse(
	'unsupported',
	'The plan was not made from what this host reported.',
	'Open the plan again. If that does not help: install the same virsnap on both machines.',
);

function snapshotOf({view}: Hypervisor, uuid: string, wanted: Pick<Snapshot, 'tag' | 'duplicates'>): Snapshot {
	const domain = view().inventory?.domains.find(one => one.uuid === uuid);
	const found = domain?.snapshots.find(one => one.tag === wanted.tag && one.duplicates === wanted.duplicates);
	if (found) return found;
	throw new RefusalError(
		refuse('not-found', 'This snapshot does not exist any more.', 'See what is there: virsnap list.'),
	);
}

type Ends = {readonly input: Readable; readonly output: Writable; readonly version: string};

/**
 * Serve until the input ends. What is being carried out then goes on.
 *
 * @throws {FrameError} the other end does not speak this language
 */
export async function serveAgent(hypervisor: Hypervisor, {input, output, version}: Ends): Promise<void> {
	output.write(greeting(version));
	// Nobody is there to hear it; the end of the input says the same.
	output.on('error', () => input.destroy());
	const read = frameReader(createDesk(hypervisor, outboxTo(output)));
	try {
		for await (const bytes of input) read(bytes as Buffer);
	} catch (error) {
		if (error instanceof FrameError) throw error;
	}
}

/** Takes requests, one after the other, and answers each when it has the answer. */
function createDesk(hypervisor: Hypervisor, outbox: Outbox): (message: unknown) => void {
	const sender = viewSender();
	const around: Around = {hypervisor, kept: keepFacts(hypervisor.receipts), sender};
	const running = new Map<number, AbortController>();
	let told: LoggedCommand | undefined;

	const tellView = () =>
		outbox.news('view', () => {
			const log = hypervisor.commandLog();
			const commands = log.slice(told === undefined ? 0 : log.indexOf(told) + 1);
			told = log.at(-1);
			return {view: sender.changeOf(hypervisor.view()), commands};
		});

	async function answer({id, call, given}: Extract<AgentRequest, {call: unknown}>): Promise<void> {
		const controller = new AbortController();
		running.set(id, controller);
		const tell = (news: unknown) => outbox.news(`news ${id}`, () => ({id, news}));
		try {
			const result = await answerTo(call, given, around, {signal: controller.signal, progress: tell, tell});
			tellView();
			outbox.put(() => ({id, result: result instanceof Late ? result.make() : (result ?? null)}));
		} catch (error) {
			tellView();
			outbox.put(() => ({id, failure: failureOf(error)}));
		} finally {
			running.delete(id);
		}
	}

	return message => {
		const {success, output} = safeParse(requestSchema, message);
		if (!success) throw new FrameError('a message asks for nothing that there is');
		if ('watch' in output) hypervisor.subscribe(tellView);
		else if ('abort' in output) running.get(output.abort)?.abort();
		else void answer(output);
	};
}

async function answerTo(name: CallName, given: readonly unknown[], around: Around, call: Call): Promise<unknown> {
	const {success, output} = safeParse(callSchemas[name], given);
	if (!success)
		throw new RefusalError(
			refuse('unsupported', `${name} was asked for in a way that this virsnap does not know.`, sameVersions),
		);
	return (answers[name] as (around: Around, given: unknown, call: Call) => Promise<unknown>)(around, output, call);
}

function failureOf(error: unknown) {
	const message = error instanceof Error ? error.message : String(error);
	if (error instanceof RefusalError) return {message, refusal: error.refusal};
	return {message, remedy: remedyOf(error)};
}
