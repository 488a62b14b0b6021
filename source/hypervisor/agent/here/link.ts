/** One connection to the agent of a host: requests with numbers one way; answers, news and views the other. */
import type {Readable, Writable} from 'node:stream';
import {safeParse} from 'valibot';
import type {LoggedCommand} from '../../../core/model/hypervisor.ts';
import type {Refusal} from '../../../core/model/refusal.ts';
import type {Remedy} from '../../../core/model/remedy.ts';
import {HostError, RefusalError} from '../../../core/words/foreseen-error.ts';
import {FailedThere, sameVersions} from '../language/failed-there.ts';
import {frameOf, frameReader} from '../language/frames.ts';
import {type AgentRequest, type CallName, type FailureThere, messageSchema} from '../language/protocol.ts';
import type {ViewChange} from '../language/view-changes.ts';

/** What leads to the other end. */
export type Wire = {
	readonly input: Readable;
	readonly output: Writable;
	/** Why nothing more comes; resolves when nothing does. */
	readonly ended: Promise<HostError>;
	close(): void;
};

export type Calling = {
	readonly signal?: AbortSignal | undefined;
	readonly onNews?: ((news: unknown) => void) | undefined;
};

export type Link = {
	/** Rejects with {HostError} where the line ends before there is an answer. */
	call(name: CallName, given: readonly unknown[], calling?: Calling): Promise<unknown>;
	/** Be told of every change of the view. */
	watch(): void;
	readonly ended: Promise<HostError>;
	close(): void;
};

/** What comes without being asked for. */
export type Unasked = {
	/** The other end has been asked already to tell of every change of the view. */
	readonly watched: boolean;
	onView(view: ViewChange, commands: readonly LoggedCommand[]): void;
};

type Open = {
	readonly resolve: (result: unknown) => void;
	readonly reject: (error: Error) => void;
	readonly onNews: ((news: unknown) => void) | undefined;
};

/** The greeting has been read from the line already. */
export function openLink(line: Wire, told: Unasked): Link {
	const open = new Map<number, Open>();
	const broken = Promise.withResolvers<HostError>();
	let next = 0;
	let over: HostError | null = null;
	let watching = told.watched;

	function end(reason: HostError): void {
		if (over !== null) return;
		over = reason;
		line.close();
		for (const {reject} of open.values()) reject(reason);
		open.clear();
		broken.resolve(reason);
	}

	const send = (request: AgentRequest) => line.output.write(frameOf(request));

	const read = frameReader(message => take(message, open, told));
	line.input.on('data', bytes => {
		try {
			if (over === null) read(bytes);
		} catch (error) {
			end(
				new HostError(
					`The virsnap on the other host sent what cannot be read: ${(error as Error).message}`,
					sameVersions,
				),
			);
		}
	});
	line.output.on('error', () => {});
	void line.ended.then(end);

	return {
		ended: broken.promise,
		close: () => end(new HostError('The connection was closed', null)),
		watch() {
			if (!watching) send({watch: true});
			watching = true;
		},
		async call(name, given, {signal, onNews} = {}) {
			signal?.throwIfAborted();
			if (over !== null) throw over;
			const id = next++;
			const {promise, resolve, reject} = Promise.withResolvers<unknown>();
			open.set(id, {resolve, reject, onNews});
			const abort = () => {
				open.delete(id);
				send({abort: id});
				reject(signal!.reason);
			};
			signal?.addEventListener('abort', abort, {once: true});
			send({id, call: name, given});
			try {
				return await promise;
			} finally {
				signal?.removeEventListener('abort', abort);
			}
		},
	};
}

/** One message of the other end; throws where it is none. */
function take(message: unknown, open: Map<number, Open>, told: Unasked): void {
	const {success, output} = safeParse(messageSchema, message);
	if (!success) throw new Error('a message of no kind that there is');
	if ('view' in output) told.onView((message as {view: ViewChange}).view, output.commands as LoggedCommand[]);
	else if ('news' in output) open.get(output.id)?.onNews?.(output.news);
	else settle(output, open);
}

function settle(
	ending: {id: number; result: unknown} | {id: number; failure: FailureThere},
	open: Map<number, Open>,
): void {
	const call = open.get(ending.id);
	open.delete(ending.id);
	if ('result' in ending) call?.resolve(ending.result);
	else call?.reject(errorOf(ending.failure));
}

function errorOf({message, remedy = null, refusal}: FailureThere): Error {
	return refusal ? new RefusalError(refusal as Refusal) : new FailedThere(message, remedy as Remedy | null);
}
