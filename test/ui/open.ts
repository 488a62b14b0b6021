/** The whole UI on a fake terminal and a fake hypervisor, driven as a person drives it: a test of it reads as a story. */
import process from 'node:process';
import {startUi} from '../../source/ui/run.tsx';
import {fakeTerminal, type Size} from '../helpers/screen.tsx';
import {fakeHypervisor} from './fake-hypervisor.ts';
import {golden} from './frame.ts';
import {bytesOf, keyOf, pasted} from './typist.ts';

// Frames show local times.
process.env.TZ = 'UTC';

export function open(
	size: Size = {columns: 80, rows: 24},
	env: Readonly<Record<string, string>> = {LANG: 'C.UTF-8'},
	fake = fakeHypervisor(),
	stop: () => void = () => {},
	/** Several, where there are others beside the fake one. */
	hosts: Parameters<typeof startUi>[0]['hosts'] = [{name: null, uri: null, hypervisor: fake.hypervisor}],
) {
	const terminal = fakeTerminal(size);
	/** Of the person: it changes nothing until a test says what it does. */
	const editor = {edit: async (text: string) => text};
	const {stdin, stdout} = terminal;
	const {instance, store, exited} = startUi({
		hosts,
		stdin,
		stdout,
		env,
		stop,
		editText: text => editor.edit(text),
		now: () => '2026-11-23T14:30:12Z',
	});
	// A test that looks for the rejection gets it all the same.
	exited.catch(() => {});
	/** What was last looked at; null once something was typed since. */
	let seen: string | null = null;
	/** All of it in one read, as from someone in a hurry. */
	const write = (bytes: string): void => {
		seen = null;
		terminal.write(bytes);
	};

	return {
		fake,
		editor,
		exited,
		state: store.state,
		raw: terminal.raw,
		screen: terminal.screen,
		cells: terminal.cells,
		isAlternate: terminal.isAlternate,
		drawn: () => instance.waitUntilRenderFlush(),
		resize: (to: Size) => {
			seen = null;
			terminal.resize(to);
		},
		/** Keys by the names of what they do in the key table: `press('create')`. */
		press: (...names: readonly string[]) => write(names.map(name => bytesOf(keyOf(name))).join('')),
		/** Keys by their own names, where it is them that matter: `key('ctrl-c')`. */
		key: (...keys: readonly string[]) => write(keys.map(bytesOf).join('')),
		type: (text: string) => write(text),
		/** In place of what is proposed. */
		retype: (text: string) => write(bytesOf(keyOf('erase-line')) + text),
		paste: (text: string) => write(pasted(text)),
		enter: (times = 1) => write(bytesOf('enter').repeat(times)),
		/** The screen as soon as it shows this. */
		expects: async (what: string | RegExp) => {
			seen = await terminal.waitFor(what);
			return seen;
		},
		/** The screen that was expected last is the one in `frames/`, under this name and the size of the terminal. */
		frame: async (name: string) => {
			if (seen === null) throw new Error(`frame ${name}: nothing was expected since the last key`);
			if (seen.includes('read the plan first'))
				throw new Error(`frame ${name}: expect 'Press Enter', which comes by itself`);
			await golden(seen, `${name}-${stdout.columns}x${stdout.rows}`);
		},
		/** Rejects where the UI had ended by an error. */
		close: async () => {
			instance.unmount();
			await exited;
		},
	};
}

export type Opened = ReturnType<typeof open>;
