/** Where the images of domains lie, and what room there is. */
import path from 'node:path';
import {writableDisks} from '../core/model/domain.ts';
import type {FileSystem, View} from '../core/model/hypervisor.ts';
import type {Sources} from './sources.ts';

/** By the active layers that are written to: what is written goes beside them, and nothing beside a medium in a drive. */
export function readFileSystems({images}: Sources, {inventory}: View): Promise<readonly FileSystem[]> {
	const disks = (inventory?.domains ?? []).flatMap(writableDisks);
	const files = disks.flatMap(({chain}) => chain[0]?.file ?? []);
	return images.fileSystems([...new Set(files.filter(path.isAbsolute))]);
}
