/** Putting images right that QEMU left in the middle of a snapshot. */
import {activeFile, type Domain, type Facts, isActive, writableDisks} from '../domain.ts';
import type {Plan, Step} from '../plan.ts';
import {printable} from '../text.ts';

/**
 * QEMU counts the clusters of a snapshot before it names it in the table. Killed in between it leaves an image that reads as before,
 * but whose counts are wrong (`qemu-img check`: leaked clusters, OFLAG_COPIED; seen on 7.2, on disks that show no snapshot). Empty
 * where QEMU is still there, and where the snapshot was not one inside the images.
 */
export function repairSteps({verb, method, basis}: Plan, {domain}: Pick<Facts, 'domain'>): Step[] {
	const before = basis.state as Domain['state'] | undefined;
	const internal = method === 'monitor' || method === 'libvirt-internal';
	const died = before !== undefined && isActive({state: before}) && !isActive(domain);
	if (verb !== 'create' || !internal || !died || domain.managedSave) return [];
	return writableDisks(domain)
		.filter(disk => disk.chain[0]?.format === 'qcow2')
		.map(
			(disk): Step => ({
				title: `Put the counts in the image of ${disk.target} right`,
				argv: ['qemu-img', 'check', '-q', '-r', 'all', '-f', 'qcow2', activeFile(disk)],
				success: 'exit',
				changes: [
					{sign: '~', what: `${printable(activeFile(disk))}: clusters counted for a snapshot that is not there`},
				],
				undo: null,
			}),
		);
}
