/** A terminal of a chosen size without a process: Ink's real output path, the comparison of cells included, read through an emulator. */
import {PassThrough, Writable} from 'node:stream';
import type {ReadStream, WriteStream} from 'node:tty';
import xterm from '@xterm/headless';
import {atMost} from './patience.ts';

export type Size = {readonly columns: number; readonly rows: number};

class Output extends Writable {
	readonly isTTY = true;
	raw = '';
	readonly terminal: xterm.Terminal;

	constructor(terminal: xterm.Terminal) {
		super({decodeStrings: false});
		this.terminal = terminal;
	}

	get columns() {
		return this.terminal.cols;
	}

	get rows() {
		return this.terminal.rows;
	}

	override _write(chunk: string | Buffer, _encoding: string, done: () => void) {
		const text = String(chunk);
		this.raw += text;
		// The line discipline of a real terminal does this.
		this.terminal.write(text.replaceAll(/\r?\n/g, '\r\n'), done);
	}
}

/** Each row as its cells: characters and style. */
export async function cellsOn(terminal: xterm.Terminal): Promise<string[]> {
	await new Promise<void>(resolve => {
		terminal.write('', resolve);
	});
	const buffer = terminal.buffer.active;
	const cellAt = (x: number, y: number) => {
		const cell = buffer.getLine(buffer.viewportY + y)?.getCell(x);
		if (!cell) return '';
		const style = [cell.isBold(), cell.isDim(), cell.isInverse(), cell.getFgColor(), cell.getBgColor()].join();
		return `${cell.getChars() || ' '.repeat(cell.getWidth())}{${style}}`;
	};
	return Array.from({length: terminal.rows}, (_, y) =>
		Array.from({length: terminal.cols}, (__, x) => cellAt(x, y)).join(''),
	);
}

export function fakeTerminal({columns, rows}: Size) {
	const terminal = new xterm.Terminal({cols: columns, rows, allowProposedApi: true});
	const output = new Output(terminal);
	const input = Object.assign(new PassThrough(), {isTTY: true, setRawMode() {}, ref() {}, unref() {}});

	/** What is on the screen now, without trailing blanks. */
	const screen = async (): Promise<string> => {
		await new Promise<void>(resolve => {
			terminal.write('', resolve);
		});
		const buffer = terminal.buffer.active;
		const lines = Array.from({length: terminal.rows}, (_, y) => buffer.getLine(y)?.translateToString(true) ?? '');
		return lines
			.map(line => line.trimEnd())
			.join('\n')
			.trimEnd();
	};

	return {
		stdin: input as unknown as ReadStream,
		stdout: output as unknown as WriteStream,
		screen,
		async cells() {
			// What waits in the stream is not yet the emulator's.
			await new Promise<void>(resolve => {
				output.write('', () => resolve());
			});
			return cellsOn(terminal);
		},
		isAlternate: () => terminal.buffer.active.type === 'alternate',
		/** All that was written, escape sequences included. */
		raw: () => output.raw,
		write(text: string) {
			input.write(text);
		},
		resize(size: Size) {
			terminal.resize(size.columns, size.rows);
			output.emit('resize');
		},
		/** The screen as soon as it shows this. */
		async waitFor(what: string | RegExp, seconds = 20): Promise<string> {
			const end = performance.now() + atMost(seconds);
			for (;;) {
				const now = await screen();
				if (typeof what === 'string' ? now.includes(what) : what.test(now)) return now;
				if (performance.now() > end) throw new Error(`never showed ${String(what)}; the screen was:\n${now}`);
				await new Promise(resolve => {
					setTimeout(resolve, 5);
				});
			}
		},
		/** The screen as soon as this is gone from it. */
		async waitForNo(what: string, seconds = 20): Promise<string> {
			const end = performance.now() + atMost(seconds);
			for (;;) {
				const now = await screen();
				if (!now.includes(what)) return now;
				if (performance.now() > end) throw new Error(`still shows ${what}; the screen was:\n${now}`);
				await new Promise(resolve => {
					setTimeout(resolve, 5);
				});
			}
		},
	};
}
