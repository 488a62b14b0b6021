/** Where the storage volumes lie that disks and snapshots name. */
import {CommandError, ConnectionError} from '../libvirt/errors.ts';
import {type LibvirtReader, orNull} from '../libvirt/reader.ts';
import {parseVolumeXml, presumedPath, type Volume, volumeIn} from '../libvirt/volume-xml.ts';

/**
 * By their words (`volume:POOL/NAME`); of those that libvirt cannot find, since their pool is not active or has not been looked through
 * again, why, and where they must be: who else depends on an image has to be known all the same.
 */
export type Volumes = ReadonlyMap<string, Found>;

type Found = Volume | {readonly failure: string; readonly path: string | null};

/** Ask for the volumes among these sources of disks. */
export async function readVolumes(reader: LibvirtReader, sources: Iterable<string | null>): Promise<Volumes> {
	const found = [...new Set(sources)].map(async (words): Promise<[string, Found][]> => {
		const volume = volumeIn(words ?? '');
		return volume ? [[words!, await readVolume(reader, words!, volume)]] : [];
	});
	return new Map((await Promise.all(found)).flat());
}

async function readVolume(
	reader: LibvirtReader,
	words: string,
	volume: {readonly pool: string; readonly name: string},
): Promise<Found> {
	try {
		return parseVolumeXml(await reader.volumeXml(volume));
	} catch (error) {
		if (!(error instanceof CommandError) || error instanceof ConnectionError) throw error;
		const pool = await orNull(reader.poolXml(volume.pool));
		return {failure: `${words}: ${error.message}`, path: pool === null ? null : presumedPath(words, pool)};
	}
}

/** The source as a path where it is a volume; null where nobody can tell where it lies. */
export function resolved(volumes: Volumes, source: string | null): string | null {
	const volume = volumes.get(source ?? '');
	return volume === undefined ? source : volume.path;
}
