/** What is known of a host that answers. */
import type {Contact, FileSystem, Hypervisor} from '../../core/model/hypervisor.ts';
import {readInventory, withHypervisor} from '../connection.ts';
import type {Context} from '../context.ts';

export type KnownHost = {
	readonly libvirt: string;
	readonly qemu: string;
	readonly domains: number;
	/** The virsnap that works there; null: there is none. */
	readonly virsnap: string | null;
	readonly contact: Contact | null;
	/** Where the images of its domains lie, the one with the least room first. */
	readonly fileSystems: readonly FileSystem[];
};

export async function readKnown({adapters}: Context, hypervisor: Hypervisor): Promise<KnownHost> {
	const {host, domains} = await readInventory(hypervisor);
	const contact = await hypervisor.contact();
	const fileSystems = await hypervisor.fileSystems();
	const isHere = contact === null && host.elsewhere === null;
	const virsnap = contact !== null || isHere ? adapters.version : null;
	return {libvirt: host.libvirt, qemu: host.qemu, domains: domains.length, virsnap, contact, fileSystems};
}

/** Of the host of the context. Rejects where it does not answer. */
export const knownOf = (context: Context): Promise<KnownHost> =>
	withHypervisor(context, hypervisor => readKnown(context, hypervisor));
