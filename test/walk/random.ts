/** Chance that a number repeats: the same seed draws the same walk. */
export type Random = {
	/** A whole number from 0, below the limit. */
	below(limit: number): number;
	chance(probability: number): boolean;
	pick<T>(list: readonly T[]): T;
	/** One of the rows, each as likely as its weight says. */
	weighted<T>(rows: readonly (readonly [weight: number, value: T])[]): T;
};

/** mulberry32: small, and good enough to wander about. */
export function createRandom(seed: number): Random {
	let state = seed >>> 0;

	function next(): number {
		state = (state + 0x6d_2b_79_f5) >>> 0;
		let mixed = Math.imul(state ^ (state >>> 15), state | 1);
		mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
	}

	const below = (limit: number) => Math.floor(next() * limit);
	return {
		below,
		chance: probability => next() < probability,
		pick: list => list[below(list.length)]!,
		weighted(rows) {
			let left = next() * rows.reduce((sum, [weight]) => sum + weight, 0);
			for (const [weight, value] of rows) {
				left -= weight;
				if (left < 0) return value;
			}

			return rows.at(-1)![1];
		},
	};
}
