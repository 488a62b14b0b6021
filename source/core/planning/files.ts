/** What the facts show of files. */
import {basename, dirname} from 'node:path/posix';
import {filesOf} from '../model/disk.ts';
import type {Facts} from '../model/facts.ts';
import {sameFile} from '../model/files.ts';

/** Whether a file is there, as far as its folder could be read. */
export function fileExists(facts: Pick<Facts, 'directories'>, file: string): boolean {
	return facts.directories[dirname(file)]?.entries.includes(basename(file)) ?? false;
}

/** Whether any disk of any domain depends on this file. */
export function isInUse(facts: Pick<Facts, 'domain' | 'domains' | 'identities'>, file: string): boolean {
	return [facts.domain, ...facts.domains].some(domain =>
		[...domain.disks, ...(domain.pendingDisks ?? [])].some(disk =>
			filesOf(disk).some(name => sameFile(facts, name, file)),
		),
	);
}
