/** The connection to a host through all its breaks: made again by itself while somebody watches. */
import {
	type ConnectionState,
	type LentTerminal,
	type LoggedCommand,
	type Machine,
	unread,
	type View,
} from '../../../core/model/hypervisor.ts';
import type {Receipt} from '../../../core/model/receipt.ts';
import {byVirsnap} from '../../../core/steps/hints.ts';
import {HostError, remedyOf} from '../../../core/words/foreseen-error.ts';
import {asCommands, remedy, typedThere} from '../../../core/words/remedy.ts';
import type {CallName} from '../language/protocol.ts';
import type {ViewChange} from '../language/view-changes.ts';
import type {Calling, Link, Unasked} from './link.ts';
import {pulseOf} from './pulse.ts';
import {isRefused, retryTime} from './retry.ts';
import {inItsTurn} from './starts.ts';

/** `first`: no screen is drawn yet. `later`: there may be one, and ssh asks nobody. Else it is lent a terminal to ask at. */
export type Attempt = 'first' | 'later' | LentTerminal;

/** How the host is reached. */
export type Way = {
	readonly machine: Machine;
	/** That leads there from here. */
	readonly uri: string;
	/** Where `told` is to be watched, that is asked for at once. The signal ends what is under way. @throws {HostError} */
	connect(told: Unasked, attempt: Attempt, signal: AbortSignal): Promise<Link>;
};

type Taking = {onView(change: ViewChange, commands: readonly LoggedCommand[], show: (view: View) => void): void};

const wasClosed = () => new HostError('The connection was closed', null);

export class LastingLink {
	readonly #reach: Way;
	readonly #taking: Taking;
	readonly #listeners = new Set<() => void>();
	#view = unread;
	#link: Promise<Link> | null = null;
	#watched = false;
	readonly #closing = new AbortController();
	#attempted = false;
	/** Why it is lost; null while it is not. */
	#failure: unknown = null;
	#timer: NodeJS.Timeout | undefined;
	#stopPulse: () => void = () => {};

	constructor(reach: Way, taking: Taking) {
		this.#reach = reach;
		this.#taking = taking;
	}

	view(): View {
		return this.#view;
	}

	/** From the first listener on the connection is kept. */
	subscribe(listener: () => void): () => void {
		this.#listeners.add(listener);
		if (!this.#watched) {
			this.#watched = true;
			// What has just failed is not tried again at once.
			const {connection} = this.#view;
			if (connection.status !== 'lost') this.#keep(0);
			else {
				this.#link = null;
				this.#tryAt(connection.retryAt, 1);
			}
		}

		return () => this.#listeners.delete(listener);
	}

	/** Never rejects: a host that is not reached is told by the view. */
	async refresh(): Promise<void> {
		try {
			const link = await this.#connected();
			await link.call('refresh', []);
			// The attempt by itself may be far off yet.
			if (this.#watched) this.#watch(link);
		} catch (error) {
			if (!this.#closed && this.#view.connection.status !== 'lost') this.#lost(error, 0);
		}
	}

	/** Resolves once there is a connection. One that is lost is not tried again for that: a person would be asked twice. @throws {HostError} */
	async reached(): Promise<void> {
		if (this.#failure !== null) throw this.#failure;
		try {
			await this.#connected();
		} catch (error) {
			if (!this.#closed) this.#lost(error, 0);
			throw error;
		}
	}

	/** Where this connection is lost, the next one is made without asking again. */
	async answer(lent: LentTerminal): Promise<void> {
		// An attempt that is under way may do without a question; its first view is not here yet then.
		const isThere = await this.#link?.then(
			() => true,
			() => false,
		);
		if (isThere) return;
		clearTimeout(this.#timer);
		try {
			this.#link = this.#connect(lent, this.#closing.signal);
			const link = await this.#link;
			// Unless its first view is here by now.
			this.#turn('lost', {status: 'connecting'});
			this.#watch(link);
		} catch (error) {
			if (!this.#closed) this.#lost(error, 0);
			throw error;
		}
	}

	/** Rejects with {HostError} where there is no connection. */
	async call(name: CallName, given: readonly unknown[], calling?: Calling): Promise<unknown> {
		return (await this.#connected()).call(name, given, calling);
	}

	/** A call that reports receipts. Where the connection breaks meanwhile it is followed once there is another one. */
	async operate(name: CallName, given: readonly unknown[], onReceipt?: (receipt: Receipt) => void): Promise<Receipt> {
		let id: string | null = null;
		const onNews = (news: unknown) => {
			const receipt = news as Receipt;
			id = receipt.id;
			onReceipt?.(receipt);
		};
		let [what, words] = [name, given];
		for (;;) {
			try {
				return (await this.call(what, words, {onNews})) as Receipt;
			} catch (error) {
				if (!(error instanceof HostError)) throw error;
				await this.#back(error, id);
				[what, words] = ['follow', [id]];
			}
		}
	}

	async close(): Promise<void> {
		this.#closing.abort(wasClosed());
		clearTimeout(this.#timer);
		this.#stopPulse();
		const link = await this.#link?.catch(() => null);
		link?.close();
		// Whoever waits for the host to come back does so in vain.
		this.#show(this.#view);
	}

	/** Resolves when the host is there again; rejects where nobody waits for that. */
	async #back({message}: HostError, id: string | null): Promise<void> {
		if (id === null)
			throw new HostError(`${message}. It is not known whether the operation began`, 'See what was done: virsnap log');
		const see = remedy`See how it ends ${byVirsnap(['log', id])}.`;
		if (!this.#watched || this.#closed) throw new HostError(`${message}. The operation goes on there`, see);
		await new Promise<void>(resolve => {
			const stop = this.subscribe(() => {
				if (this.#view.connection.status !== 'connected' && !this.#closed) return;
				stop();
				resolve();
			});
		});
	}

	/** What was known stays until there is something newer. */
	#show(view: View): void {
		this.#view = {...view, inventory: view.inventory ?? this.#view.inventory};
		for (const listener of [...this.#listeners]) listener();
	}

	/** The connection that there is, or a new one. */
	#connected(): Promise<Link> {
		if (this.#closed) return Promise.reject(wasClosed());
		// Later ones find a screen that no question of ssh may be drawn into.
		this.#link ??= this.#connect(this.#attempted ? 'later' : 'first', this.#closing.signal);
		return this.#link;
	}

	async #connect(attempt: Attempt, signal: AbortSignal): Promise<Link> {
		this.#attempted = true;
		try {
			const onView: Unasked['onView'] = (change, commands) =>
				this.#taking.onView(change, commands, view => this.#show(view));
			const link = await inItsTurn(
				() => this.#reach.connect({watched: this.#watched, onView}, attempt, signal),
				signal,
			);
			this.#failure = null;
			void link.ended.then(reason => {
				this.#link = null;
				if (!this.#closed) this.#lost(reason, 0);
			});
			return link;
		} catch (error) {
			// A command that asks twice would wait twice for a host that hangs: its first failure stands for all.
			if (this.#watched) this.#link = null;
			throw error;
		}
	}

	/** Connect and watch, and where that fails try again. */
	#keep(failures: number): void {
		this.#connected().then(
			link => this.#watch(link),
			error => {
				if (!this.#closed) this.#lost(error, failures);
			},
		);
	}

	/** Told of every change, and of whether it answers. */
	#watch(link: Link): void {
		link.watch();
		this.#stopPulse();
		this.#stopPulse = pulseOf(link, {
			slow: since => this.#turn('connected', {status: 'slow', since}),
			answered: () => this.#turn('slow', {status: 'connected'}),
		});
	}

	#turn(from: ConnectionState['status'], connection: ConnectionState): void {
		if (this.#view.connection.status === from) this.#show({...this.#view, connection});
	}

	#lost(error: unknown, failures: number): void {
		this.#stopPulse();
		this.#failure = error;
		const next = remedyOf(error);
		const refused = isRefused(error);
		const asks = error instanceof HostError && error.asks;
		const retryAt = retryTime(error, failures);
		const reason = error instanceof Error ? error.message : String(error);
		this.#show({
			...this.#view,
			connection: {
				status: 'lost',
				reason,
				remedy: next && asCommands(next, typedThere),
				retryAt,
				...(refused && {refused}),
				...(asks && {asks}),
			},
		});
		if (this.#watched) this.#tryAt(retryAt, failures + 1);
	}

	#tryAt(when: string, failures: number): void {
		clearTimeout(this.#timer);
		this.#timer = setTimeout(() => this.#keep(failures), Math.max(0, Date.parse(when) - Date.now()));
	}

	get #closed(): boolean {
		return this.#closing.signal.aborted;
	}
}
