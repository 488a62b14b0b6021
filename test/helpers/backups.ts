import type {Lab} from '../../source/lab/lab.ts';

/** Whether this libvirt has backup jobs and checkpoints: those of 7.6 and newer do, with QEMU 6.1 (NEWS 7.6), and say so. */
export async function hasBackups(lab: Lab): Promise<boolean> {
	return /<backup supported='yes'\/>/.test(await lab.virsh('domcapabilities', '--virttype', 'qemu'));
}
