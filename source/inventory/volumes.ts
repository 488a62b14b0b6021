/** Where the storage volumes lie that disks and snapshots name. */
import {ask, type Libvirt} from '../libvirt/virsh/ask.ts';
import {parseVolumeXml, poolQuestion, presumedPath, type Volume, volumeQuestion} from '../libvirt/volume-xml.ts';
import {firstWords} from '../programs/first-words.ts';

/**
 * By their words (`volume:POOL/NAME`); of those that libvirt cannot find, since their pool is not active or has not been looked through
 * again, why, and where they must be: who else stands on an image has to be known all the same.
 */
export type Volumes = ReadonlyMap<string, Found>;

type Found = Volume | {readonly failure: string; readonly path: string | null};

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
	const lost = wanted.filter((_, index) => answers[index]!.failed).map(({words}) => words);
	const pools = await ask(
		libvirt,
		lost.map(words => poolQuestion(words)!),
	);
	const paths = new Map(
		lost.map((words, index) => {
			const {failed, stdout} = pools[index]!;
			return [words, failed ? null : presumedPath(words, stdout)] as const;
		}),
	);
	return new Map(
		wanted.map(({words}, index): [string, Found] => {
			const {failed, stdout, stderr} = answers[index]!;
			if (!failed) return [words, parseVolumeXml(stdout)];
			return [words, {failure: `${words}: ${firstWords(stderr)}`, path: paths.get(words) ?? null}];
		}),
	);
}

/** The source as a path where it is a volume; null where nobody can tell where it lies. */
export function resolved(volumes: Volumes, source: string | null): string | null {
	const volume = volumes.get(source ?? '');
	return volume === undefined ? source : volume.path;
}
