/**
 * A stdin for Ink that hands over one key per event-loop turn. Over SSH and on auto-repeat several keys arrive in one
 * read, and Ink would pass `jj` or `y\r` on as a single input: keys lost, or acted upon by a state that is already old.
 * What the terminal itself answers comes the same way, and is taken out.
 */
import {PassThrough} from 'node:stream';
import type {ReadStream} from 'node:tty';
import type {Reports} from './pictures/asker.ts';
import {type Begun, reportIn} from './pictures/pixels.ts';

const ESC = '\u001B';
const PASTE_START = `${ESC}[200~`;
const PASTE_END = `${ESC}[201~`;
/** CSI and SS3 sequences as ECMA-48 builds them, with the older `ESC [ [ A`. */
const SEQUENCE = /^\u001B(?:\[\[?[\d;:<=>?]*[ -/]*[@-~]|O[\d;]*[@-~])/;
const BEGUN = /^\u001B(?:\[\[?[\d;:<=>?]*[ -/]*|O[\d;]*)?$/;
/** The Esc key as the kitty protocol spells it: unlike a bare ESC it cannot join with the key after it. */
const ESC_KEY = `${ESC}[27u`;

/**
 * Length of the first key in `input`; 0 when the rest of it has not arrived yet. ESC and a letter are two keys: this
 * program knows no Alt, and someone in a hurry presses Esc and the next key.
 */
function firstKey(input: string): number {
	if (input === '') return 0;
	if (input[0] !== ESC) return characterLength(input, 0);
	if (input.startsWith(PASTE_START)) {
		const end = input.indexOf(PASTE_END);
		return end === -1 ? 0 : end + PASTE_END.length;
	}
	const sequence = SEQUENCE.exec(input);
	if (sequence) return sequence[0].length;
	return BEGUN.test(input) ? 0 : 1;
}

const characterLength = (input: string, index: number): number => (input.codePointAt(index)! > 0xff_ff ? 2 : 1);

/** Milliseconds after which a begun sequence counts as the Esc key; a slow link may split a sequence between packets. */
const PATIENCE = 30;

/** Of an answer that has begun, where it may be one, and where it can be nothing else. */
const REPORT_PATIENCE: Readonly<Record<Begun, number>> = {maybe: 1000, surely: 5000};

const noReports: Reports = {expected: () => false, heard() {}};

/** @param hurry told before each key whether another one is there already, and when none is any more */
export function keyStream(
	source: ReadStream,
	reports = noReports,
	hurry: (more: boolean) => void = () => {},
): ReadStream {
	let buffer = '';
	/** Handed over as a key what may have been the first byte of an answer. */
	let beheaded = false;
	let draining = false;
	let patience: NodeJS.Timeout | undefined;

	const drain = (): void => {
		draining = false;
		if (buffer === '' || tookReport()) return;
		const length = firstKey(buffer);
		if (length > 0) take(length);
		else wait(buffer.startsWith(PASTE_START) ? null : PATIENCE, () => take(1));
	};
	/** For the rest of what has begun. */
	const wait = (milliseconds: number | null, then: () => void): void => {
		hurry(false);
		if (milliseconds !== null) patience = setTimeout(then, milliseconds);
	};
	/** Whether an answer is there, or is waited for. */
	const tookReport = (): boolean => {
		const text = beheaded && !buffer.startsWith(ESC) ? ESC + buffer : buffer;
		const report = reportIn(text);
		if (report === null || (report.length === 0 && (!reports.expected() || buffer === ESC))) return false;
		if (report.length === 0) {
			wait(REPORT_PATIENCE[report.begun], () => giveUp(report.begun));
			return true;
		}
		buffer = text.slice(report.length);
		beheaded = false;
		reports.heard(text.slice(0, report.length));
		hurry(buffer !== '');
		goOn();
		return true;
	};
	const giveUp = (begun: Begun): void => {
		// The rest of an answer that was cut off: as keys it would do something.
		if (begun === 'surely') buffer = '';
		else take(Math.max(1, firstKey(buffer)));
	};
	const take = (length: number): void => {
		const key = buffer.slice(0, length);
		buffer = buffer.slice(length);
		beheaded = key === ESC && buffer === '' && reports.expected();
		hurry(buffer !== '');
		out.write(key === ESC ? ESC_KEY : key);
		goOn();
	};
	const goOn = (): void => {
		if (buffer === '') return;
		draining = true;
		setImmediate(drain);
	};
	const out = ttyFor(source, () => {
		for (let chunk = source.read(); chunk !== null; chunk = source.read()) buffer += chunk;
		clearTimeout(patience);
		if (!draining) drain();
	});
	return out as unknown as ReadStream;
}

/** The parts of a tty that Ink asks for; listening only while Ink listens leaves the input to whoever it is lent to. */
function ttyFor(source: ReadStream, read: () => void): PassThrough {
	let attached = false;
	const out = Object.assign(new PassThrough({objectMode: true}), {
		isTTY: source.isTTY,
		setRawMode(on: boolean) {
			source.setRawMode(on);
			return out;
		},
		ref() {
			source.ref();
			if (!attached) source.on('readable', read);
			attached = true;
			return out;
		},
		unref() {
			source.unref();
			if (attached) source.off('readable', read);
			attached = false;
			// Node goes on reading until a pause that comes after it has noticed that nobody listens, a tick later.
			setImmediate(() => {
				if (!attached) source.pause();
			});
			return out;
		},
	});
	source.setEncoding('utf8');
	return out;
}
