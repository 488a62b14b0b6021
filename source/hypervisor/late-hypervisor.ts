/** A hypervisor whose code is loaded when it is first asked for something, so that the UI's first frame need not wait for it. */
import {type Hypervisor, unread} from '../core/model/hypervisor.ts';

type Answering = {
	[Name in keyof Hypervisor]: Hypervisor[Name] extends (...args: never[]) => Promise<unknown> ? Name : never;
}[keyof Hypervisor];

/** By the first question. */
export type Opening = {
	/** Which is to be told of changes. */
	readonly watched: boolean;
	/** Nobody waits for it any more. */
	readonly closing: AbortSignal;
};

/** `open` is called once. */
export function lateHypervisor(open: (opening: Opening) => Promise<Hypervisor>): Hypervisor {
	const closing = new AbortController();
	let opening: Promise<Hypervisor> | null = null;
	let opened: Hypervisor | null = null;

	async function load(watched: boolean): Promise<Hypervisor> {
		opened = await open({watched, closing: closing.signal});
		return opened;
	}

	function ready(watched = false): Promise<Hypervisor> {
		opening ??= load(watched);
		return opening;
	}

	/** The method of that name, once there is one. */
	function later<Name extends Answering>(name: Name): Hypervisor[Name] {
		const call = async (...args: unknown[]) => {
			const method = (await ready())[name] as (...args: unknown[]) => Promise<unknown>;
			return method(...args);
		};
		return call as Hypervisor[Name];
	}

	return {
		machine: later('machine'),
		contact: later('contact'),
		fileSystems: later('fileSystems'),
		answer: later('answer'),
		view: () => opened?.view() ?? unread,
		subscribe: listener => listenLater(ready(true), listener),
		refresh: later('refresh'),
		facts: later('facts'),
		sizes: later('sizes'),
		sizeTogether: later('sizeTogether'),
		difference: later('difference'),
		picture: later('picture'),
		serve: later('serve'),
		savedDomain: later('savedDomain'),
		prepare: later('prepare'),
		carryOut: later('carryOut'),
		receipts: later('receipts'),
		oddReceipts: later('oddReceipts'),
		unfinished: later('unfinished'),
		follow: later('follow'),
		cancel: later('cancel'),
		recovery: later('recovery'),
		recover: later('recover'),
		commandLog: () => opened?.commandLog() ?? [],
		async close() {
			closing.abort();
			if (opening) await (await opening).close();
		},
	};
}

/** Returns the way to stop. */
function listenLater(opening: Promise<Hypervisor>, listener: () => void): () => void {
	let stop: (() => void) | null = null;
	let wanted = true;
	opening.then(hypervisor => {
		if (!wanted) return;
		stop = hypervisor.subscribe(listener);
		// Until now the view was that of nothing: what has come while it was opened is news.
		if (hypervisor.view() !== unread) listener();
	});
	return () => {
		wanted = false;
		stop?.();
	};
}
