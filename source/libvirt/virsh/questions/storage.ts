/** Questions about where the disks and the memory of a domain are kept. */
import type {LibvirtReader} from '../../reader.ts';
import type {AskVirsh} from '../ask-together.ts';

/** What virsh tells of it. */
export function virshStorage(virsh: AskVirsh): Pick<LibvirtReader, 'blockInfo' | 'volumeXml' | 'poolXml' | 'savedXml'> {
	return {
		async blockInfo(uuid, target) {
			const text = await virsh('domblkinfo', `--domain=${uuid}`, `--device=${target}`);
			const number = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(text)?.[1] ?? 0);
			return {capacity: number('Capacity'), allocation: number('Allocation'), physical: number('Physical')};
		},
		async volumeXml(volume) {
			const address = 'path' in volume ? [`--vol=${volume.path}`] : [`--pool=${volume.pool}`, `--vol=${volume.name}`];
			return virsh('vol-dumpxml', ...address);
		},
		poolXml: pool => virsh('pool-dumpxml', `--pool=${pool}`),
		async savedXml(file, {secure = false} = {}) {
			return virsh('save-image-dumpxml', `--file=${file}`, ...(secure ? ['--security-info'] : []));
		},
	};
}
