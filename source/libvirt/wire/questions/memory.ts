/** Questions that are asked again and again: written once, and an answer that is byte for byte the last one is not taken apart again. */
import type {Procedure} from '../procedures.ts';
import {XdrReader} from '../xdr.ts';

type Kept<Gives> = Procedure<null, Gives>;

/** Remembers questions to one procedure by a key of its own each. */
type Memory<Takes, Gives> = {
	/** The question `takes` as a procedure that takes nothing any more. As long as libvirt gives the same bytes, it gives the same object. */
	(key: string, takes: Takes): Kept<Gives>;
	/** Forget all others. */
	keep(keys: readonly string[]): void;
};

/** @param make what is wanted of an answer */
export function createMemory<Takes, Answer, Gives>(
	procedure: Procedure<Takes, Answer>,
	make: (answer: Answer) => Gives,
): Memory<Takes, Gives> {
	const known = new Map<string, Kept<Gives>>();

	function remember(key: string, takes: Takes): Kept<Gives> {
		const found = known.get(key);
		if (found) return found;
		const fresh = kept(procedure, takes, make);
		known.set(key, fresh);
		return fresh;
	}

	function keep(keys: readonly string[]): void {
		const wanted = new Set(keys);
		for (const key of known.keys()) if (!wanted.has(key)) known.delete(key);
	}

	return Object.assign(remember, {keep});
}

function kept<Takes, Answer, Gives>(
	{program, number, takes: question, gives: answer}: Procedure<Takes, Answer>,
	takes: Takes,
	make: (answer: Answer) => Gives,
): Kept<Gives> {
	const written = [Buffer.concat(question.write(takes))];
	let last: {readonly bytes: Buffer; readonly value: Gives} | null = null;
	return {
		program,
		number,
		takes: {least: 0, write: () => written, read: () => null},
		gives: {
			least: answer.least,
			write() {
				throw new Error('An answer is not written');
			},
			read(source) {
				const bytes = source.take(source.left);
				if (last?.bytes.equals(bytes)) return last.value;
				const inner = new XdrReader(bytes);
				const value = make(answer.read(inner));
				inner.end();
				// A copy: these bytes are part of everything that came with them.
				last = {bytes: Buffer.from(bytes), value};
				return value;
			},
		},
	};
}
