/** What goes over the link: the length of each value in four bytes, big-endian, then its JSON in UTF-8. */
import {Buffer} from 'node:buffer';
import {ForeseenError} from '../../../core/words/foreseen-error.ts';
import {sameVersions} from './failed-there.ts';

/** More than the view of 50,000 domains; whoever announces more has no good intentions, or does not speak this language. */
export const frameLimit = 256 * 1024 * 1024;

/** The other end sent something that no virsnap sends. */
export class FrameError extends ForeseenError {
	readonly remedy = sameVersions;
	constructor(message: string) {
		super(message);
		this.name = 'FrameError';
	}
}

/** One value as bytes. `undefined` within it is left out, as JSON does. */
export function frameOf(value: unknown): Buffer {
	const text = Buffer.from(JSON.stringify(value));
	const length = Buffer.alloc(4);
	length.writeUInt32BE(text.length);
	return Buffer.concat([length, text]);
}

/**
 * Takes bytes as they come, however they are cut, and hands out each value that is whole. What it keeps is what has come, never what was
 * announced. The function throws {FrameError}, and may not be called again then.
 */
export function frameReader(onValue: (value: unknown) => void, limit = frameLimit): (bytes: Uint8Array) => void {
	let parts: Uint8Array[] = [];
	let held = 0;
	let wanted: number | null = null;

	/** These first bytes of what is held. */
	function take(length: number): Buffer {
		const all =
			parts.length === 1 ? Buffer.from(parts[0]!.buffer, parts[0]!.byteOffset, held) : Buffer.concat(parts, held);
		parts = length < held ? [all.subarray(length)] : [];
		held -= length;
		return all.subarray(0, length);
	}

	return bytes => {
		parts.push(bytes);
		held += bytes.length;
		for (;;) {
			if (wanted === null && held >= 4) wanted = checkedLength(take(4).readUInt32BE(), limit);
			if (wanted === null || held < wanted) return;
			const text = take(wanted);
			wanted = null;
			onValue(parsed(text));
		}
	};
}

function checkedLength(length: number, limit: number): number {
	if (length > limit) throw new FrameError(`a message of ${length} bytes was announced, ${limit} are the most`);
	return length;
}

function parsed(text: Buffer): unknown {
	try {
		return JSON.parse(text.toString('utf8'));
	} catch {
		throw new FrameError('a message is not JSON');
	}
}
