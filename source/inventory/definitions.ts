/** Definitions held against the chains that there are: libvirt records layers in them, and whoever changes a chain may forget that. */
import type {Backing, Disk} from '../core/model/disk.ts';
import {changedDisks, pendingOf, strayLayer} from '../core/snapshots/definitions.ts';
import type {DomainXml} from '../libvirt/domain-xml.ts';
import type {ImageReader} from '../qemu/image-reader.ts';

/**
 * The disks, those marked of which a definition names a file that is not the one of the chain. `next`: what an active domain starts with
 * the next time.
 */
export async function checkedDefinitions(
	images: ImageReader,
	disks: readonly Disk[],
	next: Pick<DomainXml, 'disks'> | null,
): Promise<readonly Disk[]> {
	const named = disks.map(disk => backingsOf(disk, next));
	if (named.every(backings => backings.length === 0)) return disks;
	const layers = disks.flatMap(({chain}) => chain.map(({file}) => file));
	const identities = Object.fromEntries(
		await images.identities([...layers, ...named.flat().flatMap(({files}) => files)]),
	);
	return disks.map((disk, index) => {
		const stray = named[index]!.map(backing => strayLayer(disk, backing, {identities})).find(file => file !== null);
		return stray === undefined ? disk : {...disk, misdefined: stray};
	});
}

/** The disks, those marked that the next definition has otherwise. `active`: as the running one names them, in their order. */
export async function withPending(
	images: ImageReader,
	disks: readonly Disk[],
	active: DomainXml['disks'],
	next: Pick<DomainXml, 'disks'>,
): Promise<readonly Disk[]> {
	const changed = changedDisks(active, next.disks);
	if (changed.length === 0) return disks;
	const files = [...active, ...changed].flatMap(({source}) => source ?? []);
	const identities = Object.fromEntries(await images.identities(files.filter(file => file.startsWith('/'))));
	return disks.map((disk, index) => {
		const pending = pendingOf(active[index]!, changed, {identities});
		return pending === undefined ? disk : {...disk, pending};
	});
}

function backingsOf(disk: Disk, next: Pick<DomainXml, 'disks'> | null): Backing[] {
	const later = next?.disks.find(({target, source}) => target === disk.target && source === disk.source);
	return [disk.backing, later?.backing].filter(backing => backing !== undefined);
}
