/** A sign of life of a host, asked for now and then: between an answer that is late and the end of the line it is slow. */
import type {Link} from './link.ts';

const everyMs = 5000;
const lateMs = 2000;

type Felt = {
	/** It has not answered since (ISO 8601). */
	slow(since: string): void;
	answered(): void;
};

/** Returns the way to stop. The end of the line is told by the link itself. */
export function pulseOf(link: Pick<Link, 'call'>, felt: Felt): () => void {
	const feel = () => {
		const since = new Date().toISOString();
		const late = setTimeout(() => felt.slow(since), lateMs).unref();
		link
			.call('clock', [])
			.then(felt.answered, () => {})
			.finally(() => clearTimeout(late));
	};
	const timer = setInterval(feel, everyMs).unref();
	return () => clearInterval(timer);
}
