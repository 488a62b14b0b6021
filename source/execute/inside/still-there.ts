/** Whether what is served is still what was there: QEMU reads on from clusters that were freed, or written to since. */
import {stat} from 'node:fs/promises';
import {setInterval} from 'node:timers/promises';
import type {Export} from '../../core/snapshots/contents/exports.ts';
import {ForeseenError} from '../../core/words/foreseen-error.ts';
import {t} from '../../core/words/text.ts';
import {readTableOf} from '../../qemu/qcow2.ts';

/** How often the images are looked at. */
const everyMs = 500;

/** What was read since may be something else than the snapshot held. */
export class NoLongerThere extends ForeseenError {
	readonly remedy = 'Do not use what was copied from it in the last seconds.';
}

/**
 * Resolves once one of these is not what it was any more; with null when the signal ends it.
 *
 * A snapshot inside an image goes with its entry in the table. The base of an overlay is not written to as long as it is one, so a
 * later time says that something was merged into it.
 */
export async function changeOf(exports: readonly Export[], signal: AbortSignal): Promise<NoLongerThere | null> {
	const read = () => Promise.all(exports.map(stateOf));
	const before = await read();
	const gone = exports[before.indexOf(null)];
	if (gone) return changed(gone);
	try {
		for await (const _ of setInterval(everyMs, null, {signal})) {
			const now = await read();
			const other = exports.find((_, index) => now[index] !== before[index]);
			if (other) return changed(other);
		}
	} catch (error) {
		if (!signal.aborted) throw error;
	}
	return null;
}

/** A text that stays the same as long as the snapshot does; null where it is not there. */
async function stateOf({file, id}: Export): Promise<string | null> {
	try {
		if (id !== null) {
			const found = (await readTableOf(file)).find(entry => entry.id === id);
			return found ? JSON.stringify(found) : null;
		}
		const {dev, ino, size, mtimeMs} = await stat(file);
		return [dev, ino, size, mtimeMs].join(' ');
	} catch {
		return null;
	}
}

const changed = ({target, file, id}: Export): NoLongerThere =>
	new NoLongerThere(
		id === null
			? t`${file}, from which ${target} was served, has been written to or removed.`
			: t`The snapshot has been deleted from ${file}, from which ${target} was served.`,
	);
