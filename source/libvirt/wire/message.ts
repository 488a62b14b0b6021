/** Messages of libvirt's RPC (https://libvirt.org/kbase/internals/rpc.html): a length, six numbers, and XDR behind them. */
import {RefusedError, SurpriseError} from './failures.ts';
import {int, list, optional, type Shape, struct, text, uuid, XdrReader} from './xdr.ts';

/** `program` numbers; all of them are in version 1. */
export const remoteProgram = 0x20_00_80_86;
export const qemuProgram = 0x20_00_80_87;
export const keepaliveProgram = 0x6b_65_65_70;
const version = 1;

export const messageType = {call: 0, reply: 1, event: 2} as const;
const messageStatus = {ok: 0, error: 1} as const;

/** What stands before the payload, in this order. */
type Header = {
	readonly program: number;
	readonly version: number;
	readonly procedure: number;
	readonly type: number;
	readonly serial: number;
	readonly status: number;
};

export type Message = {readonly header: Header; readonly payload: Buffer};

export const lengthBytes = 4;
export const headerBytes = 24;

/** 32 MiB (VIR_NET_MESSAGE_MAX; 16 MiB before libvirt 5.5), and the length itself. */
const longest = 32 * 1024 * 1024 + lengthBytes;

/** A whole message, to be written. */
export function encodeMessage(about: Omit<Header, 'version' | 'status'>, payload: readonly Buffer[]): Buffer {
	const start = lengthBytes + headerBytes;
	const bytes = payload.reduce((sum, part) => sum + part.length, start);
	const message = Buffer.allocUnsafe(bytes);
	const {program, procedure, type, serial} = about;
	// By hand, and so is the reading below: hundreds are written and read at every look.
	const numbers = [bytes, program, version, procedure, type, serial, messageStatus.ok];
	for (const [index, number] of numbers.entries()) message.writeUInt32BE(number, index * 4);
	let at = start;
	for (const part of payload) at += part.copy(message, at);
	return message;
}

/**
 * Puts together what arrives in pieces. Never holds more than one message, which is no longer than libvirt makes them.
 *
 * @throws {SurpriseError} by its length it is no message, or of a version that is not known here
 */
export function createJoiner(onMessage: (message: Message) => void): (piece: Buffer) => void {
	let pieces: Buffer[] = [];
	let held = 0;
	let due: number = lengthBytes;

	return piece => {
		pieces.push(piece);
		held += piece.length;
		if (held < due) return;
		let bytes = pieces.length === 1 ? piece : Buffer.concat(pieces, held);
		while (bytes.length >= lengthBytes) {
			const length = lengthOf(bytes);
			if (bytes.length < length) break;
			onMessage(parseMessage(bytes.subarray(lengthBytes, length)));
			bytes = bytes.subarray(length);
		}

		pieces = bytes.length > 0 ? [bytes] : [];
		held = bytes.length;
		due = held < lengthBytes ? lengthBytes : lengthOf(bytes);
	};
}

function lengthOf(bytes: Buffer): number {
	const length = bytes.readUInt32BE();
	if (length < lengthBytes + headerBytes || length > longest) {
		throw new SurpriseError(`a message of ${length} bytes: libvirt has none of that length`);
	}

	return length;
}

function parseMessage(bytes: Buffer): Message {
	const about: Header = {
		program: bytes.readUInt32BE(0),
		version: bytes.readUInt32BE(4),
		procedure: bytes.readInt32BE(8),
		type: bytes.readUInt32BE(12),
		serial: bytes.readUInt32BE(16),
		status: bytes.readUInt32BE(20),
	};
	if (about.version !== version) {
		throw new SurpriseError(`version ${about.version} of program 0x${about.program.toString(16)} is not known`);
	}

	return {header: about, payload: bytes.subarray(headerBytes)};
}

/** A domain as every message names it. */
export const domainShape = struct({name: text, uuid, id: int});

/** Why a call failed (virNetMessageError). */
const errorShape = struct({
	code: int,
	source: int,
	message: optional(text),
	level: int,
	domain: optional(domainShape),
	text1: optional(text),
	text2: optional(text),
	text3: optional(text),
	number1: int,
	number2: int,
	network: optional(struct({name: text, uuid})),
});

/** VIR_ERR_RPC: a procedure that it does not know, arguments of another shape, or an answer too large for a message. */
const notUnderstood = 39;

/**
 * What a reply holds.
 *
 * @throws {RefusedError} libvirt's own error
 * @throws {SurpriseError} it is of another shape, or libvirt found the question to be
 */
export function readReply<T>({header: {status}, payload}: Message, shape: Shape<T>): T {
	if (status !== messageStatus.ok && status !== messageStatus.error) {
		throw new SurpriseError(`an answer has the unknown status ${status}`);
	}

	const source = new XdrReader(payload);
	if (status === messageStatus.ok) {
		const value = shape.read(source);
		source.end();
		return value;
	}

	const {code, message} = errorShape.read(source);
	source.end();
	if (code === notUnderstood) throw new SurpriseError(`libvirt does not understand a question: ${message}`);
	throw new RefusedError(code, message ?? `libvirt gives only the number ${code} as its error`);
}

/** An event of a domain: which callback it answers, and whose it is. What else stands there is not looked at. */
export const eventShape = struct({callback: int, domain: domainShape});

export const numbers = list(int);
