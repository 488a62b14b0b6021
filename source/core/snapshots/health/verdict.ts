/** What is said of one record, and what it is held against. */
import type {Image, ImageSnapshot} from '../../model/disk.ts';
import type {Facts} from '../../model/facts.ts';
import type {Health, LibvirtSnapshot} from '../../model/snapshot.ts';

export type Verdict = {readonly health: Health; readonly reason: string};

/** An entry of one image's table, with where it stands. */
export type Occurrence = {readonly target: string; readonly image: Image; readonly entry: ImageSnapshot};

export type RecordedDisk = LibvirtSnapshot['disks'][number];

export type RecordedPart = {readonly part: RecordedDisk; readonly occurrence: Occurrence | null};

/** What one record is held against beside the disks: all records, files that are not there, and when bases were last written to. */
export type Around = {
	readonly records: readonly LibvirtSnapshot[];
	/** With what is missing: the file, or the one that its data is in. */
	readonly missingFiles: ReadonlyMap<string, string>;
	readonly writtenAt: Facts['writtenAt'];
};
