/**
 * A stdout for Ink that sends the terminal only the cells that have changed. Ink repaints a row from its first difference to its
 * end: 770 bytes for a cursor key at 80x24, of which 164 are needed. So it is let write whole frames, and they are compared here.
 */
import type {WriteStream} from 'node:tty';
import {type Painter, painter} from './pictures/painter.ts';
import {CLEAR, repaint, sizeOf} from './repaint.ts';

export type CellStream = {
	/** What Ink is given. */
	readonly stdout: WriteStream;
	/** Something else has written to the terminal, or its size has changed: the next frame is drawn whole. */
	forget(): void;
	/** Draw the last frame anew. */
	redraw(): void;
	/** The picture that frames stand in for from now on. */
	readonly show: Painter['show'];
};

/** How Ink begins a frame: up and to the left over the last one, erasing it. */
const OVER_THE_LAST = /^(?:\u001B\[[\d;]*[A-HJK])+/;
/** Neither text nor a new line nor SGR. */
const FOREIGN = /[\u0000-\u0009\u000B-\u001A\u001C-\u001F\u007F]|\u001B(?!\[[\d;]*m)/;
const MODES = /^(?:\u001B\[\?\d+[hl])+$/;
const [ALTERNATE, PRIMARY] = ['\u001B[?1049h', '\u001B[?1049l'];
const [SYNCHRONIZED, SHOWN] = ['\u001B[?2026h', '\u001B[?2026l'];

/** Less than this comes in one read, and needs no marks to be shown at once. */
const ONE_READ = 1024;

/** The rows of a frame as Ink writes it; null where it is something else. */
function frameOf(data: string): readonly string[] | null {
	const text = data.replace(OVER_THE_LAST, '');
	return FOREIGN.test(text) ? null : text.split('\n');
}

export function cellStream(terminal: WriteStream): CellStream {
	const pictures = painter();
	let last: readonly string[] = [];
	/** What stands on the terminal for it. */
	let sent: readonly string[] = [];
	/** Whether the last frame is what stands on the terminal. */
	let known = false;

	const draw = (frame: readonly string[]): void => {
		const size = sizeOf(terminal);
		const {rows, before, behind, anew} = pictures.paint(frame, known);
		const cells = known && !anew ? repaint(sent, rows, size) : CLEAR + repaint([], rows, size);
		const text = before + cells + behind;
		last = frame;
		sent = rows;
		known = true;
		if (text.length > ONE_READ) terminal.write(SYNCHRONIZED + text + SHOWN);
		else if (text !== '') terminal.write(text);
	};
	const setModes = (modes: string): void => {
		const wanted = modes.replaceAll(SYNCHRONIZED, '').replaceAll(SHOWN, '');
		if (modes.includes(ALTERNATE)) known = false;
		// Where there is no other screen to go back to (the console of Linux), the shell goes on below what stands here.
		const below = modes.includes(PRIMARY) ? `\u001B[${sizeOf(terminal).rows}H\n` : '';
		const left = wanted.includes(ALTERNATE) || wanted.includes(PRIMARY) ? pictures.leave() : '';
		if (wanted !== '') terminal.write(left + below + wanted);
	};
	const write = (data: string): void => {
		const frame = frameOf(data);
		if (MODES.test(data)) {
			setModes(data);
		} else if (frame === null) {
			known = false;
			terminal.write(data);
		} else {
			draw(frame);
		}
	};
	const forget = () => {
		known = false;
	};
	return {
		stdout: inPlaceOf(terminal, write),
		forget,
		redraw() {
			forget();
			draw(last);
		},
		show: pictures.show,
	};
}

/** What Ink asks of a stdout. */
function inPlaceOf(terminal: WriteStream, write: (data: string) => void): WriteStream {
	const stdout = {
		get isTTY() {
			return terminal.isTTY;
		},
		get columns() {
			return terminal.columns;
		},
		get rows() {
			return terminal.rows;
		},
		get writable() {
			return terminal.writable;
		},
		get writableEnded() {
			return terminal.writableEnded;
		},
		get destroyed() {
			return terminal.destroyed;
		},
		on: terminal.on.bind(terminal),
		off: terminal.off.bind(terminal),
		/** Ink waits by empty writes for what is before them. */
		write(data: string, done?: () => void): boolean {
			if (data !== '') write(data);
			return data === '' || done ? terminal.write('', done) : true;
		},
	};
	return stdout as unknown as WriteStream;
}
