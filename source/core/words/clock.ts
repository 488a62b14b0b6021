/** How the clock of another machine goes. */
import type {Contact} from '../model/hypervisor.ts';

/** Ages and dates are told to the minute, and whoever compares logs does so by seconds. */
const noteworthyMs = 3000;

/** "12 s ahead", "5 min behind"; null where it goes as this one's, as far as the way there lets one tell. */
export function clockWords({ahead, milliseconds}: Contact): string | null {
	const off = Math.abs(ahead);
	if (off < noteworthyMs + milliseconds / 2) return null;
	const seconds = Math.round(off / 1000);
	const [count, unit] =
		seconds < 120
			? [seconds, 's']
			: seconds < 7200
				? [Math.round(seconds / 60), 'min']
				: [Math.round(seconds / 3600), 'h'];
	return `${count} ${unit} ${ahead > 0 ? 'ahead' : 'behind'}`;
}
