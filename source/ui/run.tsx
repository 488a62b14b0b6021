/** Starts the UI on a terminal and gives the terminal back. */
import process from 'node:process';
import {setTimeout} from 'node:timers/promises';
import type {ReadStream, WriteStream} from 'node:tty';
import {type Instance, render, useApp} from 'ink';
import {useEffect} from 'react';
import type {Hypervisor, LentTerminal} from '../core/model/hypervisor.ts';
import type {ColumnName} from '../core/snapshots/listed.ts';
import {ownLine} from '../core/words/own-line.ts';
import {t} from '../core/words/text.ts';
import {App} from './app.tsx';
import {performer} from './effects.ts';
import type {HostView} from './state/hosts/placed.ts';
import {initialState} from './state/state.ts';
import {subjectOf, underWay} from './state/works.ts';
import {createStore, type HostPost, hostPost, type Store} from './store.ts';
import {type CellStream, cellStream} from './terminal/cell-stream.ts';
import {keyStream} from './terminal/key-stream.ts';
import {type Loan, loan} from './terminal/loan.ts';
import {pixelsAsker} from './terminal/pictures/asker.ts';
import {canBeAsked, type Pixels} from './terminal/pictures/pixels.ts';
import {sizeOf} from './terminal/repaint.ts';
import {type Environment, makeTheme} from './terminal/theme.ts';

/** A host, and how it is asked. `uri` as given to virsh; null for its own default. */
type AskedHost = Pick<HostView, 'name' | 'uri' | 'readonly' | 'color'> & {readonly hypervisor: Hypervisor};

type UiOptions = {
	/** In the order given. */
	readonly hosts: readonly AskedHost[];
	readonly stdin?: ReadStream;
	readonly stdout?: WriteStream;
	readonly env?: Environment;
	/** Columns of the snapshots; null: what there is room for. */
	readonly columns?: readonly ColumnName[] | null;
	/** Lets the person edit a text on the terminal. */
	readonly editText: (text: string) => Promise<string>;
	/** Stops this program until the shell continues it. */
	readonly stop?: () => void;
	/** The time, ISO 8601. */
	readonly now?: () => string;
};

type Ui = {
	readonly store: Store;
	readonly instance: Instance;
	/** Settles when the terminal is given back; rejects with what a render threw. */
	readonly exited: Promise<void>;
};

/** How long an empty screen is worse than none: a daemon of this machine answers sooner. */
const WAIT_MS = 150;

/**
 * Runs until the person quits.
 *
 * @param answered settles when there is something to show; the first frame waits for it, but not for long
 */
export async function runUi(options: UiOptions, answered: Promise<void> = Promise.resolve()): Promise<void> {
	// Before the first frame: keys that come early wait to be read, and are not echoed into it.
	(options.stdin ?? process.stdin).setRawMode?.(true);
	await Promise.race([answered, setTimeout(WAIT_MS)]);
	const ui = startUi(options);
	await ui.exited;
}

/** The most that Ink knows: no key waits for the time of a frame, and of those that wait already only the last is drawn. */
const MOST_FPS = 1000;

type Controls = ReturnType<typeof useApp>;

export function startUi({
	hosts,
	stdin = process.stdin,
	stdout = process.stdout,
	env = process.env,
	columns = null,
	editText,
	stop = stopProcessGroup,
	now = () => new Date().toISOString(),
}: UiOptions): Ui {
	const theme = makeTheme(env);
	const screen = cellStream(stdout);
	const asker = pixelsAsker(stdout, pixels => drawBy(pixels, store, screen));
	const copied: string[] = [];
	let app: Controls | undefined;
	const shell = loan(async during => app?.suspendTerminal(during), stop);
	const store: Store = createStore(
		initialState({
			size: sizeOf(stdout),
			glyphs: theme.glyphs,
			columns,
			hosts: hosts.map(({hypervisor: _, ...host}) => host),
		}),
		performer({
			hosts,
			dispatch: action => store.dispatch(action),
			tell: action => post.tell(action),
			copy: text => copyByTerminal(stdout, text, copied),
			redraw: screen.redraw,
			askPixels: () => canBeAsked(env) && asker.ask(),
			suspend: shell.suspend,
			edit: text => shell.toProgram(() => editText(text)),
			lend: (whom, asked) => shell.toProgram(() => asAsker(stdout, whom, asked)),
			quit: () => void asker.answered().then(() => app?.exit()),
			now,
		}),
	);
	const unhear = hear(store, {stdout, screen, shell, now});
	const post = postOf(store, hosts);
	const connect = (handle: Controls) => {
		app = handle;
	};
	const instance = render(<Connected store={store} theme={theme} onApp={connect} />, {
		stdin: keyStream(stdin, asker, store.hold),
		stdout: screen.stdout,
		alternateScreen: true,
		// Whole frames: the cells that differ are found below it.
		incrementalRendering: false,
		interactive: true,
		exitOnCtrlC: false,
		patchConsole: false,
		maxFps: MOST_FPS,
	});
	// The first frame stands by now: this is what loads and asks.
	const stops = hosts.map(host => watchHost(store, host, post));
	store.dispatch({type: 'look-back'});
	const run = async () => {
		try {
			await instance.waitUntilExit();
		} finally {
			for (const stop of stops) stop();
			unhear();
			sayAtEnd(stdout, copied, store);
		}
	};
	return {store, instance, exited: run()};
}

/** First what is known of each. */
function postOf(store: Store, hosts: readonly AskedHost[]): HostPost<AskedHost> {
	const newsOf = ({name, hypervisor}: AskedHost) => ({host: name, view: hypervisor.view()});
	const post = hostPost(store, hosts.length > 1, newsOf);
	for (const host of hosts) post.show(host);
	return post;
}

/** Each time that a host is there again it is asked for its receipts, which others may have written, and its clock. */
function watchHost(store: Store, host: AskedHost, post: HostPost<AskedHost>): () => void {
	let before = host.hypervisor.view().connection.status;
	if (before === 'connected') askContact(host, post);
	return host.hypervisor.subscribe(() => {
		const {status} = host.hypervisor.view().connection;
		const isBack = status === 'connected' && before !== 'connected' && before !== 'slow';
		before = status;
		post.show(host);
		if (!isBack) return;
		askContact(host, post);
		store.dispatch({type: 'look-back', host: host.name});
	});
}

/** What goes wrong is told by the view. */
function askContact({name, hypervisor}: AskedHost, {tell}: HostPost<AskedHost>): void {
	hypervisor.contact().then(
		contact => contact && tell({type: 'contact', host: name, contact}),
		() => {},
	);
}

/** Ctrl-C is meant for what asks, and not for us. */
async function asAsker(stdout: WriteStream, whom: string, asked: (lent: LentTerminal) => Promise<void>): Promise<true> {
	const over = new AbortController();
	const giveUp = () => over.abort();
	for (const signal of ['SIGINT', 'SIGQUIT'] as const) process.on(signal, giveUp);
	stdout.write(`${t`ssh connects to ${whom}, and asks here what it has to know. Ctrl-C gives it up.`}\n`);
	let lent = true;
	try {
		await asked({tell: words => void (lent && stdout.write(words)), givenUp: over.signal});
		return true;
	} finally {
		lent = false;
		for (const signal of ['SIGINT', 'SIGQUIT'] as const) process.off(signal, giveUp);
	}
}

/** OSC 52. What is copied is kept, too: a terminal may ignore that without a word. */
function copyByTerminal(stdout: WriteStream, text: string, copied: string[]): void {
	copied.push(text);
	stdout.write(`\u001B]52;c;${Buffer.from(text).toString('base64')}\u0007`);
}

type Heard = {
	readonly stdout: WriteStream;
	readonly screen: CellStream;
	readonly shell: Loan;
	readonly now: () => string;
};

/** What comes from the terminal beside keys, and from the clock; returns the way to stop. */
function hear(store: Store, {stdout, screen, shell, now}: Heard): () => void {
	const stopClock = startClock(store, now);
	const onResize = () => {
		screen.forget();
		store.dispatch({type: 'resize', size: sizeOf(stdout)});
	};
	// Before Ink's own listener, so that its next frame has the new size.
	stdout.on('resize', onResize);
	const deafen = shell.hear(process);
	const unshow = store.subscribe(() => {
		const {shown, pixels} = store.state();
		screen.show(shown?.picture ?? null, pixels === 'unasked' ? null : pixels);
	});
	return () => {
		unshow();
		stopClock();
		stdout.off('resize', onResize);
		deafen();
	};
}

function drawBy(pixels: Pixels | null, store: Store, screen: CellStream): void {
	store.dispatch({type: 'pixels', pixels});
	// Of a terminal that knows no such question some of it may stand on the screen.
	if (pixels === null) screen.redraw();
}

function sayAtEnd(stdout: WriteStream, copied: readonly string[], store: Store): void {
	for (const text of copied) stdout.write(text.endsWith('\n') ? text : `${text}\n`);
	for (const {plan, host, receipt} of underWay(store.state())) {
		const more = receipt === null ? '' : `, or: ${ownLine({words: ['log', receipt.id], options: []}, host)}`;
		stdout.write(`${subjectOf(plan, host)} keeps running. Start virsnap again to see it${more}\n`);
	}
}

const minute = 60_000;

/** Ticks each minute, for the age of snapshots, and each second while something is under way: an idle screen costs nothing. */
function startClock(store: Store, now: () => string): () => void {
	const tick = () => store.dispatch({type: 'tick', now: now()});
	const ages = setInterval(tick, minute).unref();
	let timer: NodeJS.Timeout | undefined;
	const stop = () => {
		clearInterval(timer);
		timer = undefined;
	};
	tick();
	const unsubscribe = store.subscribe(() => {
		const wanted = underWay(store.state()).length > 0;
		if (wanted === (timer !== undefined)) return;
		if (!wanted) return stop();
		timer = setInterval(tick, 1000).unref();
		tick();
	});
	return () => {
		unsubscribe();
		clearInterval(ages);
		stop();
	};
}

type Props = {
	readonly store: Store;
	readonly theme: ReturnType<typeof makeTheme>;
	readonly onApp: (app: Controls) => void;
};

/** Ink hands its controls to components only. */
function Connected({store, theme, onApp}: Props) {
	const app = useApp();
	useEffect(() => onApp(app), [app, onApp]);
	return <App store={store} theme={theme} />;
}

/** What Ctrl-Z does at a shell: the whole job stops. Where no shell could continue it the system ignores this. */
function stopProcessGroup(): void {
	const listeners = process.listeners('SIGTSTP');
	process.removeAllListeners('SIGTSTP');
	process.kill(0, 'SIGTSTP');
	for (const listener of listeners) process.on('SIGTSTP', listener);
}
