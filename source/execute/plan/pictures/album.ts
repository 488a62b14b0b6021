/** What becomes of pictures when a plan has been carried out. */
import {readFile, stat} from 'node:fs/promises';
import {type Domain, isActive} from '../../../core/model/domain.ts';
import type {Plan} from '../../../core/model/plan.ts';
import {keptBox, type Raster, shrunk} from '../../../core/snapshots/contents/picture.ts';
import type {Libvirt} from '../../../libvirt/virsh/ask.ts';
import {screenshot} from '../../../libvirt/virsh/screenshot.ts';
import {dropOrphans, dropPicture, hasOthers, keepPicture, prunePictures, withPrivateFile} from './folder.ts';
import {readRaster} from './formats.ts';

/** Three bytes a pixel of the largest screen that is read. */
const mostBytes = 50_000_000;

type Album = {
	readonly folder: string;
	readonly libvirt: Libvirt;
	/** A word for this libvirt that no other one has, on whatever machine; null: not known. */
	readonly owner: () => Promise<string | null>;
	/** Of all its domains. Rejects where they could not be listed. */
	readonly uuids: () => Promise<readonly string[]>;
};

/**
 * Keep what the screen shows, where the plan says so and has just taken a snapshot of a running domain, and remove what no snapshot of the domain
 * has any more. `after`: the domain as it was read back. Never rejects: a snapshot is as good without a picture.
 */
export async function tendPictures(
	{folder, libvirt, owner, uuids}: Album,
	{verb, tag, picture}: Plan,
	after: Domain,
): Promise<void> {
	try {
		const taken = verb === 'create' && isActive(after) ? after.snapshots.find(one => one.tag === tag) : undefined;
		// One that is there already is that of another snapshot of the same second.
		if (taken) await dropPicture(folder, after.uuid, taken.createdAt);
		if (taken && picture) {
			const raster = await screenOf(libvirt, after.uuid, folder);
			if (raster !== null)
				await keepPicture(folder, after.uuid, taken.createdAt, shrunk(raster, keptBox), await owner());
		}
		// Snapshots that could not be read may be there.
		if (after.problems.length === 0) await prunePictures(folder, after);
		if (!(await hasOthers(folder, after.uuid))) return;
		const own = await owner();
		if (own !== null) await dropOrphans(folder, own, uuids);
	} catch {
		// No room, or a folder that is not ours: there is no picture then.
	}
}

const screenOf = (libvirt: Libvirt, uuid: string, folder: string): Promise<Raster | null> =>
	withPrivateFile(folder, async file => {
		if (!(await screenshot(libvirt, uuid, file))) return null;
		const {size} = await stat(file);
		return size > mostBytes ? null : readRaster(await readFile(file));
	});
