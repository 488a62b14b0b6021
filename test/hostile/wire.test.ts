/** Answers of libvirt that lie: read for what they are worth, or refused with a clear error; never with more memory than they have bytes. */

import process from 'node:process';
import {setFlagsFromString} from 'node:v8';
import {runInNewContext} from 'node:vm';
import fc from 'fast-check';
import {expect, test} from 'vitest';
import {RefusedError, SurpriseError} from '../../source/libvirt/wire/failures.ts';
import {
	createJoiner,
	encodeMessage,
	type Message,
	messageType,
	readReply,
	remoteProgram,
} from '../../source/libvirt/wire/message.ts';
import {procedures} from '../../source/libvirt/wire/procedures.ts';
import {
	list,
	parameter,
	type Shape,
	struct,
	text as textShape,
	unsigned,
	XdrReader,
} from '../../source/libvirt/wire/xdr.ts';
import {asBytes, runs, text} from './texts.ts';

const shapes = Object.values(procedures).map(({gives}) => gives as Shape<unknown>);
const anyShape = fc.constantFrom(...shapes);
const status = fc.constantFrom(0, 0, 0, 1, 2, 0xff_ff_ff_ff);
const bytes = fc.uint8Array({maxLength: 400}).map(array => Buffer.from(array));
/** Numbers as an XDR reader takes them for lengths, flags and types. */
const words = fc
	.array(fc.oneof(fc.constantFrom(0, 1, 2, 7, 8, 16, 16_384, 0x7f_ff_ff_ff, 0xff_ff_ff_ff), fc.nat(40)), {
		maxLength: 60,
	})
	.map(numbers => Buffer.concat(numbers.map(number => Buffer.concat(unsigned.write(number)))));

function reply(payload: Buffer, state = 0): Message {
	const header = {program: remoteProgram, version: 1, procedure: 1, type: messageType.reply, serial: 1, status: state};
	return {header, payload};
}

/** What comes of it: a value, libvirt's own error, or that this is no answer; anything else is a fault. */
function readAnyhow(shape: Shape<unknown>, message: Message): void {
	try {
		readReply(message, shape);
	} catch (error) {
		if (!(error instanceof SurpriseError || error instanceof RefusedError)) throw error;
		expect(error.message).not.toBe('');
	}
}

test('any bytes are read, or refused with a clear error', () => {
	fc.assert(
		fc.property(anyShape, fc.oneof(bytes, words), status, (shape, payload, state) => {
			readAnyhow(shape, reply(payload, state));
		}),
		{numRuns: runs(10)},
	);
});

const listed = procedures.snapshots.gives;
const uuid = '11111111-2222-3333-4444-555555555555';
const honest = fc
	.array(
		fc.record({
			name: text,
			domain: fc.record({name: text, uuid: fc.constant(uuid), id: fc.integer({min: -1, max: 99})}),
		}),
	)
	.map(snapshots => ({snapshots, count: snapshots.length}));

test('a true answer comes back as it was; cut or stretched it is refused', () => {
	fc.assert(
		fc.property(honest, fc.double({min: 0, max: 1, noNaN: true}), bytes, (answer, part, more) => {
			const payload = Buffer.concat(listed.write(answer));
			const snapshots = answer.snapshots.map(({name, domain}) => ({
				name: asBytes(name),
				domain: {...domain, name: asBytes(domain.name)},
			}));
			expect(readReply(reply(payload), listed)).toEqual({...answer, snapshots});
			const cut = payload.subarray(0, Math.floor(part * payload.length));
			if (cut.length < payload.length) expect(() => readReply(reply(cut), listed)).toThrow(SurpriseError);
			const long = Buffer.concat([payload, more]);
			if (more.length > 0) expect(() => readReply(reply(long), listed)).toThrow(SurpriseError);
		}),
		{numRuns: runs(2)},
	);
});

test('one word of an answer changed', () => {
	const place = fc.nat(1000);
	fc.assert(
		fc.property(honest, place, fc.constantFrom(0, 1, 3, 0x7f_ff_ff_ff, 0xff_ff_ff_ff), (answer, at, lie) => {
			const payload = Buffer.concat(listed.write(answer));
			if (payload.length >= 4) payload.writeUInt32BE(lie, (at * 4) % (payload.length - 3));
			readAnyhow(listed, reply(payload));
			readAnyhow(listed, reply(payload, 1));
		}),
		{numRuns: runs(4)},
	);
});

test('a message in pieces of any size is put together', () => {
	const sizes = fc.array(fc.integer({min: 1, max: 60}), {minLength: 1, maxLength: 20});
	fc.assert(
		fc.property(fc.array(bytes, {minLength: 1, maxLength: 6}), sizes, (payloads, pieces) => {
			const about = {program: remoteProgram, procedure: 14, type: messageType.reply};
			const stream = Buffer.concat(payloads.map((payload, serial) => encodeMessage({...about, serial}, [payload])));
			const found: Message[] = [];
			const join = createJoiner(message => found.push(message));
			for (let at = 0, turn = 0; at < stream.length; turn++) {
				const size = pieces[turn % pieces.length]!;
				join(stream.subarray(at, at + size));
				at += size;
			}

			expect(found.map(({payload}) => payload.toString('hex'))).toEqual(payloads.map(one => one.toString('hex')));
			expect(found.map(({header}) => header.serial)).toEqual(payloads.map((_, serial) => serial));
		}),
		{numRuns: runs()},
	);
});

test('a stream of anything ends with a clear error, or waits for no more than the longest message', () => {
	fc.assert(
		fc.property(fc.array(fc.oneof(bytes, words), {minLength: 1, maxLength: 20}), pieces => {
			const join = createJoiner(() => undefined);
			try {
				for (const piece of pieces) join(piece);
			} catch (error) {
				if (!(error instanceof SurpriseError)) throw error;
			}
		}),
		{numRuns: runs(4)},
	);
});

test.each([0, 3, 27, 0x02_00_00_05, 0xff_ff_ff_ff])('a message said to be %i bytes long is none', length => {
	const join = createJoiner(() => undefined);
	expect(() => join(Buffer.concat(unsigned.write(length)))).toThrow(SurpriseError);
});

test('a list that promises millions costs no memory before it has them', () => {
	setFlagsFromString('--expose-gc');
	const collect = runInNewContext('gc') as () => void;
	const lies = [list(unsigned), list(textShape), list(struct({a: unsigned, b: textShape})), list(parameter)];
	collect();
	const before = process.memoryUsage().rss;
	for (let turn = 0; turn < 1000; turn++) {
		for (const shape of lies) {
			const payload = Buffer.alloc(64);
			payload.writeUInt32BE(0xff_ff_ff_ff);
			expect(() => shape.read(new XdrReader(payload))).toThrow(/promises 4294967295 entries/);
		}
	}

	expect(process.memoryUsage().rss - before).toBeLessThan(64 * 1024 * 1024);
});

test('numbers at their edges', () => {
	const {gives} = procedures.jobStatistics;
	const field = (name: string, type: number, hex: string) => [
		...textShape.write(name),
		...unsigned.write(type),
		Buffer.from(hex, 'hex'),
	];
	const payload = [
		...unsigned.write(1),
		...unsigned.write(7),
		...field('int', 1, 'ffffffff'),
		...field('unsigned', 2, 'ffffffff'),
		...field('long', 3, 'ffffffffffffffff'),
		...field('unsigned long', 4, '001fffffffffffff'),
		...field('double', 5, '3ff8000000000000'),
		...field('yes', 6, '00000001'),
		...field('text', 7, '00000002c3a90000'),
	];
	expect(readReply(reply(Buffer.concat(payload)), gives)).toEqual({
		type: 1,
		values: [
			['int', -1],
			['unsigned', 0xff_ff_ff_ff],
			['long', -1],
			['unsigned long', Number.MAX_SAFE_INTEGER],
			['double', 1.5],
			['yes', 1],
			['text', 'é'],
		],
	});
});
