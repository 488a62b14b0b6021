/** A real program in a real pseudo-terminal, its screen read through an emulator. */
import process from 'node:process';
import {setTimeout as sleep} from 'node:timers/promises';
import {type IPty, spawn} from '@lydell/node-pty';
import xterm from '@xterm/headless';
import {inherited} from './inherited.ts';
import {atMost} from './patience.ts';
import type {Size} from './screen.tsx';

type LaunchOptions = Partial<Size> & {
	readonly env?: Readonly<Record<string, string>>;
	readonly cwd?: string;
	/** The emulator answers nothing: the test does. */
	readonly mute?: boolean;
	/** The program; Node itself where left out. */
	readonly file?: string;
};

export function launch(
	args: readonly string[],
	{columns = 80, rows = 24, env = {}, cwd, mute = false, file = process.execPath}: LaunchOptions = {},
) {
	const terminal = new xterm.Terminal({cols: columns, rows, allowProposedApi: true});
	const child: IPty = spawn(file, [...args], {
		name: 'xterm-256color',
		cols: columns,
		rows,
		cwd,
		env: {...inherited(), TERM: 'xterm-256color', LANG: 'C.UTF-8', LC_ALL: 'C.UTF-8', ...env},
	});
	let bytes = 0;
	let raw = '';
	child.onData(data => {
		bytes += Buffer.byteLength(data);
		raw += data;
		terminal.write(data);
	});
	// The emulator answers queries (cursor position and such) as a terminal does.
	if (!mute) terminal.onData(answer => child.write(answer));
	const exited = new Promise<{exitCode: number; signal?: number}>(resolve => {
		child.onExit(resolve);
	});

	const screen = async (): Promise<string> => {
		await new Promise<void>(resolve => {
			terminal.write('', resolve);
		});
		const buffer = terminal.buffer.active;
		const line = (y: number) => buffer.getLine(buffer.viewportY + y)?.translateToString(true) ?? '';
		return Array.from({length: terminal.rows}, (_, y) => line(y).trimEnd())
			.join('\n')
			.trimEnd();
	};

	return {
		child,
		terminal,
		exited,
		screen,
		isAlternate: () => terminal.buffer.active.type === 'alternate',
		raw: () => raw,
		/** Bytes written since the last time this was asked. */
		takeBytes(): number {
			const taken = bytes;
			bytes = 0;
			return taken;
		},
		write(text: string) {
			child.write(text);
		},
		resize(size: Size) {
			terminal.resize(size.columns, size.rows);
			child.resize(size.columns, size.rows);
		},
		/** The screen as soon as it shows this. */
		async waitFor(what: string | RegExp, seconds = 10): Promise<string> {
			const end = performance.now() + atMost(seconds);
			for (;;) {
				const now = await screen();
				if (typeof what === 'string' ? now.includes(what) : what.test(now)) return now;
				if (performance.now() > end) throw new Error(`never showed ${String(what)}; the screen was:\n${now}`);
				await sleep(10);
			}
		},
		async stop(): Promise<void> {
			try {
				child.kill('SIGKILL');
			} catch {
				// It has ended already.
			}
			await exited;
		},
	};
}

export type Launched = ReturnType<typeof launch>;
