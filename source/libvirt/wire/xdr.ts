/**
 * XDR (RFC 4506), as much of it as libvirt uses: big endian, everything padded to four bytes.
 *
 * What is read comes from another process and may lie: no length is believed before as many bytes are there, so that a message costs
 * no more memory than its own size allows.
 */
import {SurpriseError} from './failures.ts';

/** Bytes of one message that are not read yet. */
export class XdrReader {
	readonly #bytes: Buffer;
	#at = 0;

	constructor(bytes: Buffer) {
		this.#bytes = bytes;
	}

	get left(): number {
		return this.#bytes.length - this.#at;
	}

	/** The next so many bytes. */
	take(length: number): Buffer {
		if (length > this.left) throw new SurpriseError(`an answer is cut short: ${length} bytes due, ${this.left} there`);
		this.#at += length;
		return this.#bytes.subarray(this.#at - length, this.#at);
	}

	/** Everything must have been read. */
	end(): void {
		if (this.left > 0) throw new SurpriseError(`an answer has ${this.left} bytes too many`);
	}
}

/** How a kind of value is written and read. */
export type Shape<T> = {
	// Written as methods, so that a shape of any one kind is a shape of something.
	write(value: T): Buffer[];
	read(source: XdrReader): T;
	/** The fewest bytes that one can take. */
	readonly least: number;
};

/** The type of what a shape holds. */
type Of<S> = S extends Shape<infer T> ? T : never;

function fixed<T>(least: number, put: (buffer: Buffer, value: T) => void, get: (bytes: Buffer) => T): Shape<T> {
	return {
		least,
		write(value) {
			const buffer = Buffer.alloc(least);
			put(buffer, value);
			return [buffer];
		},
		read: source => get(source.take(least)),
	};
}

export const int: Shape<number> = fixed(
	4,
	(buffer, value) => buffer.writeInt32BE(value),
	bytes => bytes.readInt32BE(),
);

export const unsigned: Shape<number> = fixed(
	4,
	(buffer, value) => buffer.writeUInt32BE(value),
	bytes => bytes.readUInt32BE(),
);

/** 64 bits as a number: sizes in bytes, exact up to 8 PiB. */
export const unsignedHyper: Shape<number> = fixed(
	8,
	(buffer, value) => buffer.writeBigUInt64BE(BigInt(value)),
	bytes => Number(bytes.readBigUInt64BE()),
);

const hyper: Shape<number> = fixed(
	8,
	(buffer, value) => buffer.writeBigInt64BE(BigInt(value)),
	bytes => Number(bytes.readBigInt64BE()),
);

const double: Shape<number> = fixed(
	8,
	(buffer, value) => buffer.writeDoubleBE(value),
	bytes => bytes.readDoubleBE(),
);

/** Sixteen bytes, as text with its dashes. */
export const uuid: Shape<string> = fixed(
	16,
	(buffer, value) => buffer.write(value.replaceAll('-', ''), 'hex'),
	bytes => bytes.toString('hex').replace(/(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-'),
);

/** Text in UTF-8 behind its length. */
export const text: Shape<string> = {
	least: 4,
	write(value) {
		const bytes = Buffer.from(value);
		return [...unsigned.write(bytes.length), bytes, Buffer.alloc(padding(bytes.length))];
	},
	read(source) {
		const length = unsigned.read(source);
		const value = source.take(length).toString();
		source.take(padding(length));
		return value;
	},
};

const padding = (length: number) => (4 - (length % 4)) % 4;

/** A value that may be missing. */
export function optional<T>(shape: Shape<T>): Shape<T | null> {
	return {
		least: 4,
		write: value => (value === null ? unsigned.write(0) : [...unsigned.write(1), ...shape.write(value)]),
		read(source) {
			const there = unsigned.read(source);
			if (there > 1) throw new SurpriseError(`an answer says neither yes nor no, but ${there}`);
			return there === 1 ? shape.read(source) : null;
		},
	};
}

/** Values of one kind behind their number. */
export function list<T>(shape: Shape<T>): Shape<readonly T[]> {
	return {
		least: 4,
		write: values => [...unsigned.write(values.length), ...values.flatMap(shape.write)],
		read(source) {
			const count = unsigned.read(source);
			if (count * Math.max(1, shape.least) > source.left) {
				throw new SurpriseError(`an answer promises ${count} entries in ${source.left} bytes`);
			}

			return Array.from({length: count}, () => shape.read(source));
		},
	};
}

/** Members one after the other, in the order of the keys. */
export function struct<Members extends Record<string, Shape<unknown>>>(
	members: Members,
): Shape<{readonly [Name in keyof Members]: Of<Members[Name]>}> {
	const entries = Object.entries(members) as [string, Shape<unknown>][];
	return {
		least: entries.reduce((sum, [, {least}]) => sum + least, 0),
		write: value => entries.flatMap(([name, shape]) => shape.write((value as Record<string, unknown>)[name])),
		read: source =>
			Object.fromEntries(entries.map(([name, shape]) => [name, shape.read(source)])) as {
				readonly [Name in keyof Members]: Of<Members[Name]>;
			},
	};
}

/** By the numbers of virTypedParameterType. */
const parameterTypes: Readonly<Record<number, Shape<number> | Shape<string>>> = {
	1: int,
	2: unsigned,
	3: hyper,
	4: unsignedHyper,
	5: double,
	6: int,
	7: text,
};

/** A field with a value of its own type (virTypedParameter); it is only ever read. */
export const parameter: Shape<readonly [field: string, value: number | string]> = {
	least: 12,
	write() {
		throw new Error('A typed parameter is not written');
	},
	read(source) {
		const field = text.read(source);
		const type = int.read(source);
		const shape = parameterTypes[type];
		if (shape === undefined) throw new SurpriseError(`an answer holds a value of the unknown type ${type}`);
		return [field, shape.read(source)];
	},
};
