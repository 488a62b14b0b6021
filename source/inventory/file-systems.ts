/** Where the images of domains lie, and what room there is. */
import path from 'node:path';
import type {FileSystem, View} from '../core/model/hypervisor.ts';
import type {Sources} from './sources.ts';

/** By the active layers: what is written goes beside them. */
export function readFileSystems({images}: Sources, {inventory}: View): Promise<readonly FileSystem[]> {
	const active = (inventory?.domains ?? []).flatMap(({disks}) => disks.flatMap(({chain}) => chain[0]?.file ?? []));
	return images.fileSystems([...new Set(active.filter(path.isAbsolute))]);
}
