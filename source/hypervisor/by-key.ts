import pLimit, {type LimitFunction} from 'p-limit';

/** Tasks with the same key run one after the other; those of different keys do not wait for each other. */
export function createTurns(): <T>(key: string, task: () => Promise<T>) => Promise<T> {
	const limits = new Map<string, LimitFunction>();
	return (key, task) => {
		const limit = limits.get(key) ?? pLimit(1);
		limits.set(key, limit);
		return limit(task);
	};
}
