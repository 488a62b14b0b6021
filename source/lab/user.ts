import {access, constants, stat} from 'node:fs/promises';
import {execa} from 'execa';

/** Whom the lab's daemon and its QEMU processes run as, where we are root and must not be. */
export type LabUser = {uid: number; gid: number; kvmGroup?: number};

/**
 * The unprivileged user of a lab: `nobody` for root, since root's `qemu:///session` would be the host's own system daemon;
 * undefined where we are unprivileged ourselves.
 */
export async function findLabUser(): Promise<LabUser | undefined> {
	if (process.getuid?.() !== 0) return undefined;
	const [uid, gid] = await Promise.all([idOf('-u'), idOf('-g')]);
	return {uid, gid, kvmGroup: await groupOfKvm()};
}

async function idOf(flag: '-u' | '-g'): Promise<number> {
	const {stdout} = await execa('id', [flag, 'nobody']);
	return Number(stdout);
}

/** The group that may open /dev/kvm, where it is a group and not only root. */
async function groupOfKvm(): Promise<number | undefined> {
	const device = await stat('/dev/kvm').catch(() => undefined);
	const groupMayWrite = device !== undefined && (device.mode & 0o060) === 0o060;
	return groupMayWrite && device.gid !== 0 ? device.gid : undefined;
}

/** Why hardware virtualisation is not open to the lab's user; undefined where it is. */
export async function kvmRefusal(user: LabUser | undefined): Promise<string | undefined> {
	const device = await stat('/dev/kvm').catch(() => undefined);
	if (device === undefined) return 'This machine has no /dev/kvm';
	const open = user
		? user.kvmGroup !== undefined || (device.mode & 0o006) === 0o006
		: await access('/dev/kvm', constants.R_OK | constants.W_OK).then(
				() => true,
				() => false,
			);
	return open ? undefined : `/dev/kvm is not open to ${user ? 'nobody, whom the lab runs as' : 'you'}`;
}
