/** The view of one libvirt: read when it is asked for, and kept in step from the first subscriber on. */
import type {View} from '../core/model/hypervisor.ts';
import type {Sources} from '../inventory/sources.ts';
import {createSynchronizer, type Synchronizer} from './synchronizer.ts';
import {createViewStore, type ViewStore} from './view-store.ts';
import {lost, startWatch, type Watch} from './watch.ts';

export class LiveView {
	readonly #sources: Sources;
	readonly #closed: AbortSignal;
	readonly #store: ViewStore = createViewStore();
	readonly #synchronizer: Synchronizer;
	#watch: Watch | null = null;

	/** @param closed after it nothing is read any more, and no failure is told */
	constructor(sources: Sources, closed: AbortSignal) {
		this.#sources = sources;
		this.#closed = closed;
		this.#synchronizer = createSynchronizer(sources, this.#store);
	}

	view(): View {
		return this.#store.view();
	}

	domain(uuid: string) {
		return this.#synchronizer.domain(uuid);
	}

	subscribe(listener: () => void): () => void {
		const stop = this.#store.subscribe(listener);
		this.#watch ??= this.#startWatch();
		return stop;
	}

	#startWatch(): Watch {
		const {reader, metadata, images} = this.#sources;
		const complete = this.view().inventory !== null;
		const watch = startWatch(reader, this.#synchronizer, this.#store, {complete, isWoken: metadata.isWatched});
		for (const {onStir} of [metadata, images]) onStir(() => watch.wake());
		return watch;
	}

	async refresh(what?: 'heads'): Promise<void> {
		try {
			await (what === 'heads' ? this.#synchronizer.readHeads() : this.#synchronizer.readAll({fresh: true}));
		} catch (error) {
			if (this.#closed.aborted) return;
			this.#store.connection(lost(error, 0));
		}
	}

	/** Read this domain again at once; where it is watched nobody has to wait for it. Never rejects. */
	async readAgain(uuid: string): Promise<void> {
		if (this.#closed.aborted) return;
		if (this.#watch) this.#watch.wake([uuid]);
		else await this.#synchronizer.readSome([uuid]).catch(() => undefined);
	}

	/** Resolves when nothing is watched any more. */
	async stop(): Promise<void> {
		await this.#watch?.stop();
	}
}
