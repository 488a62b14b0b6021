/** What waits to be written to a slow line: of what is only news, the newest. */
import type {Writable} from 'node:stream';
import {frameOf} from './frames.ts';

export type Outbox = {
	/** Made when its turn comes; null: nothing to say after all. */
	put(make: () => unknown): void;
	/** As `put`, but one that has not gone yet under the same key gives way to it, and loses its place. */
	news(key: string, make: () => unknown): void;
};

/** Writes while the other end reads, and waits while it does not. */
export function outboxTo(stream: Writable): Outbox {
	const waiting = new Map<string | symbol, () => unknown>();
	let full = false;

	function flush(): void {
		for (const [key, make] of waiting) {
			if (full || stream.destroyed) return;
			waiting.delete(key);
			const value = make();
			if (value !== null) full = !stream.write(frameOf(value));
		}
	}

	stream.on('drain', () => {
		full = false;
		flush();
	});

	return {
		put(make) {
			waiting.set(Symbol('message'), make);
			flush();
		},
		news(key, make) {
			waiting.delete(key);
			waiting.set(key, make);
			flush();
		},
	};
}
