/** Files that a domain, its definition and libvirt's records of its snapshots name. */
import {domainSources, recordedBelow, snapshotOverlays, snapshotSources} from '../../core/domain-xml/sources.ts';
import {filesOf} from '../../core/model/disk.ts';
import {type Domain, isActive, writableDisks} from '../../core/model/domain.ts';
import type {Facts} from '../../core/model/facts.ts';

/** Its UEFI variables. */
export function nvramOf({firmware}: Domain): string[] {
	return firmware.nvram ? [firmware.nvram.file] : [];
}

/** The images that it runs on, or will from its next start on, and those that libvirt's records name. */
export function imagesOf(domain: Domain): string[] {
	const layers = [...domain.disks, ...(domain.pendingDisks ?? [])].flatMap(filesOf);
	const recorded = domain.snapshots.flatMap(({disks}) => disks.flatMap(({file, source}) => [file, source]));
	return [...new Set([...layers, ...recorded].filter(file => typeof file === 'string'))];
}

/** What its external snapshots go back to. */
export function basesOf({snapshots}: Domain): string[] {
	const parts = snapshots.flatMap(({disks}) => disks.filter(({kind}) => kind === 'external'));
	return parts.flatMap(({source}) => (source?.startsWith('/') ? [source] : []));
}

/** The files that libvirt's records and the definition name, by the names that they have there. */
export function filesInRecords(snapshotXml: Facts['snapshotXml'], inactiveXml: string): string[] {
	const sources = Object.values(snapshotXml).flatMap(xml => [...snapshotSources(xml), ...snapshotOverlays(xml)]);
	const recorded = [...sources, ...domainSources(inactiveXml)].flatMap(({source}) => source ?? []);
	const below = [inactiveXml, ...Object.values(snapshotXml)].flatMap(xml => [...recordedBelow(xml).values()].flat());
	return [...recorded, ...below].filter(file => file.startsWith('/'));
}

/** The images that its internal snapshots are in. */
export function qcow2Files(domain: Domain): string[] {
	return writableDisks(domain).flatMap(({chain: [top]}) => (top?.format === 'qcow2' ? [top.file] : []));
}

/** The files that its QEMU has open while it runs. */
export function layersOf(domain: Domain): string[] {
	return writableDisks(domain).flatMap(({chain}) => chain.map(({file}) => file));
}

/** Files of its chains on which no other domain runs. */
export function unusedLayers(domain: Domain, others: readonly Domain[]): string[] {
	const layers = (one: Domain) => one.disks.flatMap(({chain}) => chain);
	const used = new Set(
		others
			.filter(isActive)
			.flatMap(layers)
			.flatMap(({fileIds}) => fileIds),
	);
	return layers(domain).flatMap(({file, fileIds}) => (fileIds.some(id => used.has(id)) ? [] : [file]));
}
