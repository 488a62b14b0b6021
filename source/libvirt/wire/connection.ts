/** One connection to a daemon: every question goes out at once, answers find theirs by their serial. */
import net from 'node:net';
import {LostError, SurpriseError, UnreachableError} from './failures.ts';
import {givesSignOfLife, keepalive} from './keepalive.ts';
import {
	createJoiner,
	encodeMessage,
	eventShape,
	keepaliveProgram,
	type Message,
	messageType,
	readReply,
	remoteProgram,
} from './message.ts';
import {domainEvents, type Procedure} from './procedures.ts';
import {XdrReader} from './xdr.ts';

/** Something happened to a domain; `kind` in the words of `virsh event --list`. */
type WireEvent = {readonly kind: string; readonly uuid: string};

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
 * @throws {LostError} one listens, but takes no more callers
 */
export async function connectTo(path: string, patience: Patience = usualPatience): Promise<Connection> {
	const socket = net.connect(path);
	await new Promise<void>((resolve, reject) => {
		socket.once('connect', resolve);
		socket.once('error', error => reject(whyNot(path, error)));
	});
	return new Conversation(socket, path, patience);
}

class Conversation implements Connection {
	readonly ended: Promise<Error>;
	readonly #socket: net.Socket;
	readonly #path: string;
	readonly #patience: Patience;
	readonly #open = new Map<number, Open>();
	readonly #listeners = new Set<(event: WireEvent) => void>();
	readonly #tellEnd: (reason: Error) => void;
	#serial = 0;
	#waiting: Buffer[] = [];
	#heard = performance.now();
	#watching: NodeJS.Timeout | null = null;
	#over: Error | null = null;

	constructor(socket: net.Socket, path: string, patience: Patience) {
		const {promise, resolve} = Promise.withResolvers<Error>();
		this.ended = promise;
		this.#tellEnd = resolve;
		this.#socket = socket;
		this.#path = path;
		this.#patience = patience;
		// A connection without questions keeps no program alive.
		socket.unref();
		const join = createJoiner(message => this.#receive(message));
		socket.on('data', (piece: Buffer) => {
			this.#heard = performance.now();
			if (this.#over) return;
			try {
				join(piece);
			} catch (error) {
				this.end(error as Error);
			}
		});
		const lost = `End of file while reading data from ${path}`;
		socket.once('error', ({message}) => this.end(new LostError(`${lost}: ${message}`)));
		socket.once('close', () => this.end(new LostError(lost)));
	}

	reason(): Error | null {
		return this.#over;
	}

	onEvent(listener: (event: WireEvent) => void): () => void {
		this.#listeners.add(listener);
		return () => this.#listeners.delete(listener);
	}

	call<Takes, Gives>(procedure: Procedure<Takes, Gives>, takes: Takes, signal?: AbortSignal): Promise<Gives> {
		const {promise, resolve, reject} = Promise.withResolvers<unknown>();
		if (this.#over ?? signal?.aborted) {
			reject(this.#over ?? signal!.reason);
			return promise as Promise<never>;
		}

		this.#serial = (this.#serial % 0xff_ff_ff_ff) + 1;
		const {program, number, takes: shape} = procedure;
		if (this.#open.size === 0) {
			this.#heard = performance.now();
			this.#socket.ref();
		}

		const header = {program, procedure: number, type: messageType.call, serial: this.#serial};
		this.#open.set(this.#serial, {procedure: procedure as Procedure<unknown, unknown>, resolve, reject});
		this.#send(encodeMessage(header, shape.write(takes)));
		this.#watchSilence();
		// Its answer comes all the same: the serial stays known until then.
		signal?.addEventListener('abort', () => reject(signal.reason), {once: true});
		return promise as Promise<never>;
	}

	end(reason: Error): void {
		if (this.#over) return;
		this.#over = reason;
		if (this.#watching) clearTimeout(this.#watching);
		this.#socket.destroy();
		for (const {reject} of this.#open.values()) reject(reason);
		this.#open.clear();
		this.#listeners.clear();
		this.#tellEnd(reason);
	}

	/** What is asked in one turn goes out in one write. */
	#send(message: Buffer): void {
		this.#waiting.push(message);
		if (this.#waiting.length > 1) return;
		queueMicrotask(() => {
			const all = this.#waiting;
			this.#waiting = [];
			if (!this.#over) this.#socket.write(all.length === 1 ? all[0]! : Buffer.concat(all));
		});
	}

	#receive(message: Message): void {
		const {program, type} = message.header;
		if (program === keepaliveProgram) {
			const answer = keepalive.answerTo(message);
			if (answer) this.#send(answer);
		} else if (type === messageType.event && program === remoteProgram) this.#happen(message);
		else this.#answer(message);
	}

	#happen({header, payload}: Message): void {
		const kind = kinds.get(header.procedure);
		if (kind === undefined) return;
		const {domain} = eventShape.read(new XdrReader(payload));
		for (const listener of this.#listeners) listener({kind, uuid: domain.uuid});
	}

	#answer(message: Message): void {
		const {program, procedure, type, serial} = message.header;
		const question = this.#open.get(serial);
		if (type !== messageType.reply || question === undefined) {
			throw new SurpriseError(`a message of type ${type} with the number ${serial} is unexpected`);
		}

		const {number: asked, program: of, gives} = question.procedure;
		if (procedure !== asked || program !== of) {
			throw new SurpriseError(`the answer to procedure ${asked} is one to procedure ${procedure}`);
		}

		this.#open.delete(serial);
		if (this.#open.size === 0) this.#socket.unref();
		try {
			question.resolve(readReply(message, gives));
		} catch (error) {
			question.reject(error as Error);
			if (error instanceof SurpriseError) throw error;
		}
	}

	/** Runs only while there are questions: an idle connection starts no timer. */
	#watchSilence(): void {
		this.#watching ??= setTimeout(() => this.#lookForSilence(), this.#patience.silence).unref();
	}

	async #lookForSilence(): Promise<void> {
		const {silence, sign, answer} = this.#patience;
		const asked = this.#heard;
		if (
			this.#open.size > 0 &&
			this.#silent() >= silence &&
			!(await givesSignOfLife(this.#path, sign)) &&
			this.#heard === asked
		) {
			this.end(new LostError(silent(this.#path)));
		}

		this.#watching = null;
		if (this.#over || this.#open.size === 0) return;
		if (this.#silent() < answer) return this.#watchSilence();
		this.end(new LostError(`libvirt at ${this.#path} did not answer within ${answer / 1000} s`));
	}

	/** Milliseconds since anything was heard. */
	#silent(): number {
		return performance.now() - this.#heard;
	}
}

/** EAGAIN (connect(2)): as many wait already as may. virsh would wait with them. */
function whyNot(path: string, error: NodeJS.ErrnoException): LostError {
	return error.code === 'EAGAIN' ? new LostError(silent(path)) : new UnreachableError(connectWords(path, error));
}

const silent = (path: string) => `libvirt at ${path} does not answer: its daemon is stopped or stuck`;

/** As libvirt says it, so that whoever knows those words knows what to do. */
function connectWords(path: string, {code, message}: NodeJS.ErrnoException): string {
	const words: Readonly<Record<string, string>> = {
		ENOENT: 'No such file or directory',
		ECONNREFUSED: 'Connection refused',
		EACCES: 'Permission denied',
	};
	return `Failed to connect socket to '${path}': ${words[code ?? ''] ?? message}`;
}
