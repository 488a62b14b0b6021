/** What an inventory is read from, and what need not be asked twice. */
import type {Host} from '../core/model/domain.ts';
import {type OpenReader, openReader} from '../libvirt/open-reader.ts';
import {findPlaces, type Places} from '../libvirt/place/find-place.ts';
import type {Libvirt} from '../libvirt/virsh/ask.ts';
import type {Surroundings} from '../libvirt/wire/address.ts';
import type {Patience} from '../libvirt/wire/connection.ts';
import type {ImageReader} from '../qemu/image-reader.ts';
import {localImages} from '../qemu/local-images.ts';
import {type DriverFolder, driverFolder} from './driver-folder.ts';
import {type MetadataWatch, watchMetadata} from './metadata-watch.ts';
import type {DomainSnapshots, Metadata, Names} from './snapshots.ts';

export type Sources = {
	readonly libvirt: Libvirt;
	/** Everything that libvirt is asked. */
	readonly reader: OpenReader;
	/** Where its files are. */
	readonly places: Places;
	/** Where images are looked at. */
	readonly images: ImageReader;
	readonly metadata: MetadataWatch;
	/** Where libvirt's driver keeps what it does not say the place of. */
	readonly driverFolder: (name: DriverFolder) => string;
	readonly memory: Memory;
};

type Memory = {
	/** Asked once per connection: libvirt does not change while it runs. */
	host: Omit<Host, 'throughVirsh'> | null;
	/** Snapshots of each domain as last read, with the names that libvirt listed then. */
	readonly snapshots: Map<string, {readonly names: Names; readonly read: DomainSnapshots}>;
	/** The metadata of domains that were planned for, with its passwords. */
	readonly metadata: Map<string, Metadata>;
};

/** One libvirt, with its images where they can be seen from here. */
export function openSources(libvirt: Libvirt, surroundings: Surroundings, patience?: Patience): Sources {
	const reader = openReader(libvirt, surroundings, patience);
	const places = findPlaces(libvirt, reader, surroundings);
	const images = localImages(libvirt.log, libvirt.signal, places.hindrance);
	const env = {...surroundings.env, ...libvirt.env};
	const folderOf = (name: DriverFolder) => driverFolder(libvirt.uri, {...surroundings, env}, name);
	const folder = folderOf('snapshot');
	const metadata = watchMetadata(folder, libvirt.signal, async () => (await places.hindrance(folder)) === null);
	const memory: Memory = {host: null, snapshots: new Map(), metadata: new Map()};
	return {libvirt, reader, places, images, metadata, driverFolder: folderOf, memory};
}
