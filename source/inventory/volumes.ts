/** Where the storage volumes lie that disks and snapshots name. */
import {firstWords} from '../libvirt/errors.ts';
import {ask, type Libvirt} from '../libvirt/virsh.ts';
import {parseVolumeXml, type Volume, volumeQuestion} from '../libvirt/volume-xml.ts';

/** By their words (`volume:POOL/NAME`); of those that libvirt cannot find, why. */
export type Volumes = ReadonlyMap<string, Volume | {readonly failure: string}>;

/** Ask for the volumes among these sources of disks. */
export async function readVolumes(libvirt: Libvirt, sources: Iterable<string | null>): Promise<Volumes> {
	const wanted = [...new Set(sources)].flatMap(words => {
		const question = volumeQuestion(words ?? '');
		return question ? [{words: words!, question}] : [];
	});
	const answers = await ask(
		libvirt,
		wanted.map(({question}) => question),
	);
	return new Map(
		wanted.map(({words}, index) => {
			const {failed, stdout, stderr} = answers[index]!;
			return [words, failed ? {failure: `${words}: ${firstWords(stderr)}`} : parseVolumeXml(stdout)];
		}),
	);
}

/** The source as a path where it is a volume; null where it is one that libvirt cannot find. */
export function resolved(volumes: Volumes, source: string | null): string | null {
	const volume = volumes.get(source ?? '');
	return volume === undefined ? source : 'path' in volume ? volume.path : null;
}
