/** Tasks with the same key run one after the other; those of different keys do not wait for each other. */
export function createTurns(): <T>(key: string, task: () => Promise<T>) => Promise<T> {
	const last = new Map<string, Promise<unknown>>();
	return async (key, task) => {
		const mine = (last.get(key) ?? Promise.resolve()).then(task, task);
		last.set(key, mine);
		try {
			return await mine;
		} finally {
			if (last.get(key) === mine) last.delete(key);
		}
	};
}
