/** Why a folder does not take new files. */

import {basename, dirname} from 'node:path/posix';
import type {Directory, Facts} from '../../model/facts.ts';
import {type Refusal, refuse} from '../../model/refusal.ts';
import type {Remedy} from '../../model/remedy.ts';
import {option, remedy} from '../../words/remedy.ts';
import {formatBytes, t} from '../../words/text.ts';
import {isInUse} from '../files.ts';

/** What they are named after (null: they were named), and how another folder is chosen. */
type Otherwise = {readonly after: 'tag' | 'name' | null; readonly elsewhere: Remedy};

const anotherFolder = remedy`another folder (${option('--dir')})`;

/** Why these new files cannot be made in their folders; null where they can. */
export function newFileRefusal(
	facts: Facts,
	files: readonly string[],
	otherwise: Otherwise = {after: 'tag', elsewhere: anotherFolder},
): Refusal | null {
	for (const file of files) {
		const folder = facts.directories[dirname(file)];
		const refusal =
			folderRefusal(facts, folder, dirname(file), otherwise) ?? takenRefusal(facts, folder, file, otherwise);
		if (refusal) return refusal;
	}
	return null;
}

/** libvirt of the system, or of another machine, writes as another user than ours: what we cannot write to it may. */
function folderRefusal(
	facts: Facts,
	folder: Directory | undefined,
	path: string,
	{elsewhere}: Otherwise,
): Refusal | null {
	const missing = folder === undefined && facts.root && facts.host.elsewhere === null;
	if (missing)
		return refuse('not-writable', t`There is no folder ${path}.`, remedy`Choose ${elsewhere}, or make that one.`);
	if (folder?.writable || facts.host.system || facts.host.elsewhere !== null) return null;
	return refuse(
		'not-writable',
		t`The folder ${path} ${folder ? 'cannot be written to' : 'could not be read'}.`,
		remedy`Choose ${elsewhere}, or change its owner or mode.`,
	);
}

function takenRefusal(
	facts: Facts,
	folder: Directory | undefined,
	file: string,
	{after, elsewhere}: Otherwise,
): Refusal | null {
	if (!isInUse(facts, file) && !folder?.entries.includes(basename(file))) return null;
	const otherName = after === null ? '' : `another ${after}, or `;
	return refuse('file-exists', t`${file} already exists.`, remedy`Choose ${otherName}${elsewhere}.`);
}

/** Why the folder has not the room; null where it has, or where it could not be asked. */
export function spaceRefusal(
	facts: Facts,
	path: string,
	bytes: number,
	what: string,
	elsewhere: Remedy = anotherFolder,
): Refusal | null {
	const folder = facts.directories[path];
	if (!folder || folder.freeBytes >= bytes) return null;
	return refuse(
		'no-space',
		t`${path} has ${formatBytes(folder.freeBytes)} free; ${what} may take ${formatBytes(bytes)}.`,
		remedy`Free some space there, or choose ${elsewhere}.`,
	);
}
