/** One connection to a daemon: every question goes out at once, answers find theirs by their serial. */
import net from 'node:net';
import {LostError, SurpriseError, UnreachableError} from './failures.ts';
import {isAlive, keepalive} from './keepalive.ts';
import {
	createJoiner,
	eventShape,
	keepaliveProgram,
	type Message,
	messageOf,
	messageType,
	readReply,
	remoteProgram,
} from './message.ts';
import {domainEvents, type Procedure} from './procedures.ts';
import {Source} from './xdr.ts';

/** Something happened to a domain; `kind` in the words of `virsh event --list`. */
export type WireEvent = {readonly kind: string; readonly uuid: string};

export type Connection = {
	/**
	 * Ask. Rejects with a RefusedError where libvirt answers with an error, a LostError where nothing more comes, a SurpriseError where
	 * the answer is not as it is known here; with `signal` also as soon as the answer is not needed any more.
	 */
	call<Takes, Gives>(procedure: Procedure<Takes, Gives>, takes: Takes, signal?: AbortSignal): Promise<Gives>;
	/** Hear of events that were registered for; returns the way to stop. */
	onEvent(listener: (event: WireEvent) => void): () => void;
	/** Resolves with the reason when nothing more will come. */
	readonly ended: Promise<Error>;
	/** Why nothing more will come; null while it may. */
	reason(): Error | null;
	/** Ends it for this reason; every question that is open is rejected with it. */
	end(reason: Error): void;
};

/** In milliseconds. */
export type Patience = {
	/** With questions open and nothing heard for so long, see whether the daemon lives. */
	readonly silence: number;
	/** So long a sign of life may take. */
	readonly sign: number;
	/** A daemon that lives may be silent for so long: it waits for a domain's lock for 30 s. */
	readonly answer: number;
};

export const usualPatience: Patience = {silence: 3000, sign: 3000, answer: 60_000};

type Open = {
	readonly procedure: Procedure<unknown, unknown>;
	readonly resolve: (value: unknown) => void;
	readonly reject: (error: Error) => void;
};

const kinds = new Map<number, string>(domainEvents.map(({procedure, kind}) => [procedure, kind]));

/**
 * Connect to a daemon's socket; nothing is asked yet.
 *
 * @throws {UnreachableError} no daemon listens there, or it refuses this user
 */
export async function connectTo(path: string, patience: Patience = usualPatience): Promise<Connection> {
	const socket = net.connect(path);
	await new Promise<void>((resolve, reject) => {
		socket.once('connect', resolve);
		socket.once('error', error => reject(new UnreachableError(connectWords(path, error))));
	});
	return converse(socket, path, patience);
}

function converse(socket: net.Socket, path: string, patience: Patience): Connection {
	const open = new Map<number, Open>();
	const listeners = new Set<(event: WireEvent) => void>();
	let serial = 0;
	let waiting: Buffer[] = [];
	let heard = performance.now();
	let watching: NodeJS.Timeout | null = null;
	let over: Error | null = null;
	// A connection without questions keeps no program alive.
	socket.unref();
	const {promise: ended, resolve: tellEnd} = Promise.withResolvers<Error>();

	function end(reason: Error): void {
		if (over) return;
		over = reason;
		if (watching) clearTimeout(watching);
		socket.destroy();
		for (const {reject} of open.values()) reject(reason);
		open.clear();
		listeners.clear();
		tellEnd(reason);
	}

	/** What is asked in one turn goes out in one write. */
	function send(message: Buffer): void {
		waiting.push(message);
		if (waiting.length > 1) return;
		queueMicrotask(() => {
			const all = waiting;
			waiting = [];
			if (!over) socket.write(all.length === 1 ? all[0]! : Buffer.concat(all));
		});
	}

	function receive(message: Message): void {
		const {program, procedure, type, serial: number} = message.header;
		if (program === keepaliveProgram) {
			const answer = keepalive.answerTo(message);
			if (answer) send(answer);
			return;
		}

		if (type === messageType.event && program === remoteProgram) {
			const kind = kinds.get(procedure);
			if (kind === undefined) return;
			const {domain} = eventShape.read(new Source(message.payload));
			for (const listener of listeners) listener({kind, uuid: domain.uuid});
			return;
		}

		const question = open.get(number);
		if (type !== messageType.reply || question === undefined) {
			throw new SurpriseError(`a message of type ${type} with the number ${number} is unexpected`);
		}

		const {number: asked, program: of, gives} = question.procedure;
		if (procedure !== asked || program !== of) {
			throw new SurpriseError(`the answer to procedure ${asked} is one to procedure ${procedure}`);
		}

		open.delete(number);
		if (open.size === 0) socket.unref();
		try {
			question.resolve(readReply(message, gives));
		} catch (error) {
			question.reject(error as Error);
			if (error instanceof SurpriseError) throw error;
		}
	}

	const join = createJoiner(receive);
	socket.on('data', (piece: Buffer) => {
		heard = performance.now();
		if (over) return;
		try {
			join(piece);
		} catch (error) {
			end(error as Error);
		}
	});
	socket.once('error', ({message}) => end(new LostError(`End of file while reading data from ${path}: ${message}`)));
	socket.once('close', () => end(new LostError(`End of file while reading data from ${path}`)));

	/** Runs only while there are questions: an idle connection starts no timer. */
	function watchSilence(): void {
		watching ??= setTimeout(async () => {
			const asked = heard;
			if (open.size > 0 && performance.now() - heard >= patience.silence && !(await isAlive(path, patience.sign))) {
				if (heard === asked) end(new LostError(`libvirt at ${path} does not answer: its daemon is stopped or stuck`));
			}

			watching = null;
			if (over || open.size === 0) return;
			if (performance.now() - heard >= patience.answer) {
				end(new LostError(`libvirt at ${path} did not answer within ${patience.answer / 1000} s`));
			} else watchSilence();
		}, patience.silence).unref();
	}

	return {
		ended,
		end,
		reason: () => over,
		onEvent(listener) {
			listeners.add(listener);
			return () => listeners.delete(listener);
		},
		call(procedure, takes, signal) {
			const {promise, resolve, reject} = Promise.withResolvers<unknown>();
			if (over ?? signal?.aborted) {
				reject(over ?? signal!.reason);
				return promise as Promise<never>;
			}

			serial = (serial % 0xff_ff_ff_ff) + 1;
			const {program, number, takes: shape} = procedure;
			if (open.size === 0) {
				heard = performance.now();
				socket.ref();
			}

			open.set(serial, {procedure: procedure as Procedure<unknown, unknown>, resolve, reject});
			send(messageOf({program, procedure: number, type: messageType.call, serial}, shape.write(takes)));
			watchSilence();
			// Its answer comes all the same: the serial stays known until then.
			signal?.addEventListener('abort', () => reject(signal.reason), {once: true});
			return promise as Promise<never>;
		},
	};
}

/** As libvirt says it, so that whoever knows those words knows what to do. */
function connectWords(path: string, {code, message}: NodeJS.ErrnoException): string {
	const words: Readonly<Record<string, string>> = {
		ENOENT: 'No such file or directory',
		ECONNREFUSED: 'Connection refused',
		EACCES: 'Permission denied',
	};
	return `Failed to connect socket to '${path}': ${words[code ?? ''] ?? message}`;
}
