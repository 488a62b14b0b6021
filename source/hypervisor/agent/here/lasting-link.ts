/** The connection to a host through all its breaks: made again by itself while somebody watches. */
import {type LoggedCommand, type Machine, unread, type View} from '../../../core/model/hypervisor.ts';
import type {Receipt} from '../../../core/model/receipt.ts';
import {HostError, remedyOf} from '../../../core/words/foreseen-error.ts';
import {asCommands} from '../../../core/words/remedy.ts';
import {t} from '../../../core/words/text.ts';
import type {CallName} from '../language/protocol.ts';
import type {ViewChange} from '../language/view-changes.ts';
import type {Calling, Link, Unasked} from './link.ts';

/** How the host is reached. */
export type Way = {
	readonly machine: Machine;
	/** That leads there from here. */
	readonly uri: string;
	/** The first time it may ask on the terminal. @throws {HostError} */
	connect(told: Unasked, first: boolean): Promise<Link>;
};

type Taking = {onView(change: ViewChange, commands: readonly LoggedCommand[], show: (view: View) => void): void};

/** Seconds between attempts: the first soon, since most breaks are short. */
const pauses = [1, 2, 4, 8, 15, 30];

/** Seconds, where a person has to act first: hosts lock out whoever fails to log in too often. */
const whereRefused = 300;

/** A sign of life: how often it is asked for, and from when on it is late. */
const pulse = {everyMs: 5000, lateMs: 2000};

export class LastingLink {
	readonly #reach: Way;
	readonly #taking: Taking;
	readonly #listeners = new Set<() => void>();
	#view = unread;
	#link: Promise<Link> | null = null;
	#watched = false;
	#closed = false;
	#attempted = false;
	#timer: NodeJS.Timeout | undefined;
	#pulse: NodeJS.Timeout | undefined;

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
			this.#keep(0);
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

	/** Resolves once there is a connection. @throws {HostError} */
	async reached(): Promise<void> {
		await this.#connected();
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
		this.#closed = true;
		clearTimeout(this.#timer);
		clearInterval(this.#pulse);
		const link = await this.#link?.catch(() => null);
		link?.close();
		// Whoever waits for the host to come back does so in vain.
		this.#show(this.#view);
	}

	/** Resolves when the host is there again; rejects where nobody waits for that. */
	async #back({message}: HostError, id: string | null): Promise<void> {
		if (id === null)
			throw new HostError(`${message}. It is not known whether the operation began`, 'See what was done: virsnap log');
		const see = t`See how it ends: virsnap log ${id}`;
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
		if (this.#closed) return Promise.reject(new HostError('The connection was closed', null));
		this.#link ??= this.#connect();
		return this.#link;
	}

	async #connect(): Promise<Link> {
		try {
			const onView: Unasked['onView'] = (change, commands) =>
				this.#taking.onView(change, commands, view => this.#show(view));
			// Later ones find a screen that no question of ssh may be drawn into.
			const first = !this.#attempted;
			this.#attempted = true;
			const link = await this.#reach.connect({onView}, first);
			void link.ended.then(reason => {
				this.#link = null;
				if (!this.#closed) this.#lost(reason, 0);
			});
			return link;
		} catch (error) {
			this.#link = null;
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

	/** Told of every change, and asked for a sign of life now and then. */
	#watch(link: Link): void {
		link.watch();
		clearInterval(this.#pulse);
		this.#pulse = setInterval(() => void this.#feel(link), pulse.everyMs).unref();
	}

	/** Between an answer that is late and the end of the line it is slow. */
	async #feel(link: Link): Promise<void> {
		const since = new Date().toISOString();
		const late = setTimeout(() => {
			if (this.#view.connection.status === 'connected')
				this.#show({...this.#view, connection: {status: 'slow', since}});
		}, pulse.lateMs).unref();
		await link.call('clock', []).catch(() => null);
		clearTimeout(late);
		if (this.#view.connection.status === 'slow') this.#show({...this.#view, connection: {status: 'connected'}});
	}

	#lost(error: unknown, failures: number): void {
		clearInterval(this.#pulse);
		const remedy = remedyOf(error);
		const refused = error instanceof HostError && error.refuses;
		const pause = (refused ? whereRefused : pauses[Math.min(failures, pauses.length - 1)]!) * 1000;
		const retryAt = new Date(Date.now() + pause).toISOString();
		const reason = error instanceof Error ? error.message : String(error);
		this.#show({
			...this.#view,
			connection: {status: 'lost', reason, remedy: remedy && asCommands(remedy), retryAt, ...(refused && {refused})},
		});
		clearTimeout(this.#timer);
		if (this.#watched) this.#timer = setTimeout(() => this.#keep(failures + 1), pause);
	}
}
