/** What a failed command's own words mean for a person: one table, each row with a test. */
import {evenRoot} from '../core/words/even-root.ts';
import {isRoot} from '../programs/is-root.ts';

type Row = {
	readonly pattern: RegExp;
	/** Commands that need root's rights begin with `sudo`, which root is not told. */
	readonly remedy: string;
	/** What root is told instead, where more rights are no help. */
	readonly root?: string;
};

const joinGroup =
	'Join the libvirt group (sudo usermod -aG libvirt "$USER", then log in again), or run virsnap with sudo.';

/** libvirt.org/auth.html, libvirt.org/aclpolkit.html */
const accessRules =
	'libvirt refuses even root: see its rules of access (auth_unix_rw and access_drivers in /etc/libvirt/libvirtd.conf or virtqemud.conf, and /etc/polkit-1/rules.d).';

/** First match wins, so the particular stands before the general. */
const rows: readonly Row[] = [
	{
		pattern: /\bE[MN]FILE\b|too many open files/i,
		remedy: 'Allow more open files (ulimit -n), then try again.',
	},
	{
		pattern: /a part of a file \(<slices>\)/,
		remedy:
			'Copy that part to a file of its own while the domain is shut off (qemu-img convert --image-opts driver=raw,offset=N,size=N,file.filename=FILE …), and define the disk with it.',
	},
	{
		pattern: /the name of its data file is no full path/,
		remedy:
			'QEMU looks for that file in the folder that it is started in. Name it by its full path: go to its folder, then run qemu-img amend -f qcow2 -o data_file="$PWD/FILE" IMAGE.',
	},
	{
		pattern: /its data file .* is missing/,
		remedy: 'Put that file back in its place: the image holds no data without it.',
	},
	{
		pattern: /it is (?:a named pipe|a socket|a character device)[^,]*, not an image/,
		remedy: 'Give the disk an image in the definition (virsh edit), or put one in that place.',
	},
	{
		pattern: /no answer within \d+ s|qemu-img did not answer within/,
		remedy:
			'See whether the server or disk that it lies on answers (findmnt -T FILE names it); it is tried again all the time.',
	},
	{
		pattern: /libvirt-sock(?:-ro)?': Permission denied/,
		remedy: joinGroup,
		root: accessRules,
	},
	{
		pattern: /polkit|access denied by policy|authentication (?:unavailable|failed|cancelled)/i,
		remedy: joinGroup,
		root: accessRules,
	},
	{
		pattern: /Failed to find user record for uid/,
		remedy: 'libvirt serves only users that the system knows (getent passwd UID): run virsnap as one of them.',
	},
	{
		pattern: /Failed to connect socket to '.*': (?:No such file or directory|Connection refused)/,
		remedy: 'Start libvirt: sudo systemctl start libvirtd (or virtqemud). For another daemon give its URI with -c.',
	},
	{
		pattern: /unable to connect to server at .*: Connection refused/,
		remedy: 'No libvirt listens on that port: check host and port of the URI, or connect with qemu+ssh://.',
	},
	{
		pattern: /no connection driver available|URI scheme|Cannot parse URI|unsupported .*URI/i,
		remedy: 'Give a URI that libvirt knows, such as qemu:///system, qemu:///session or qemu+ssh://user@host/system.',
	},
	{
		pattern: /ssh: |Host key verification failed|Permission denied \((?:publickey|password)/,
		remedy: 'Check that ssh to that host works by itself, without a password prompt: ssh -o BatchMode=yes HOST true',
	},
	{
		pattern: /failed to connect to the hypervisor/i,
		remedy: 'Check the URI and that libvirt runs: virsh -c URI version',
	},
	{
		pattern: /client socket is closed|End of file while reading data|Disconnected from/,
		remedy: 'The connection to libvirt was lost: check that its daemon runs (sudo systemctl status libvirtd).',
	},
	{
		pattern: /its daemon is stopped or stuck|^libvirt (?:at .* )?did not answer within/,
		remedy:
			'See what its daemon does: sudo systemctl status libvirtd (or virtqemud). It is asked again until it answers.',
	},
	{
		pattern: /virsh.*ENOENT|spawn virsh/,
		remedy:
			'Install virsh: sudo apt install libvirt-clients (Debian, Ubuntu), sudo dnf install libvirt-client (Fedora, RHEL).',
	},
	{
		pattern: /qemu-img.*ENOENT|spawn qemu-img/,
		remedy: 'Install qemu-img: sudo apt install qemu-utils (Debian, Ubuntu), sudo dnf install qemu-img (Fedora, RHEL).',
	},
	{
		// `qemu-img compare`, where a delete was interrupted and the domain has been started since.
		pattern: /Content mismatch at offset/,
		remedy:
			'The overlay holds data that its base lacks: shut the domain down (virsh shutdown), then delete the snapshot again.',
	},
	{
		pattern: /live disk snapshot not supported with this QEMU binary/,
		remedy:
			'This QEMU cannot take a snapshot of a running disk: shut the domain off first, or take an internal snapshot.',
	},
	{
		pattern: /Failed to get (?:shared )?"(?:write|consistent read|resize)" lock/,
		remedy: 'Another process has the image open: shut down the domain that uses it.',
	},
	{
		pattern: /No space left on device|Input\/output error/,
		remedy: 'Check the free space where the images are (df -h), free some, then try again.',
	},
	{
		pattern: /guest agent is not (?:connected|configured)|agent is not available/i,
		remedy: 'Install and start qemu-guest-agent in the guest, or do not freeze the file systems.',
	},
	{
		// The new overlay of a revert is named by the second (seen on 11.3).
		pattern: /external snapshot file for disk \S+ already exists/,
		remedy: 'libvirt names new overlays by the second: try again.',
	},
	{
		pattern: /[Cc]annot acquire state change lock|timed out during operation/,
		remedy: 'Another operation works on this domain: wait for it (virsh domjobinfo DOMAIN), then try again.',
	},
	{
		pattern: /the image lies on another machine/,
		remedy:
			'Install virsnap on that host, the same version as here, and connect with qemu+ssh://HOST/system: virsnap then works there.',
	},
	{
		pattern: /libvirt means another file by this path/,
		remedy: 'Run virsnap where libvirt runs (in its container), or mount the same folders there and here.',
	},
	{
		pattern: /libvirt tells another size of this image/,
		remedy: 'Run virsnap where libvirt runs, or with sudo: it can then look whether libvirt means the same files.',
		root: 'Run virsnap where libvirt runs: it can then look whether libvirt means the same files.',
	},
	{
		pattern: /^(?:network|nvme|vhostuser|vhostvdpa|dir) disk/,
		remedy:
			'Only libvirt can read disks that are not files or block devices of this host; exclude them from snapshots.',
	},
	{
		pattern: /pool '.*' (?:containing volume '.*' )?is not active/,
		remedy: 'Start that storage pool: virsh pool-start POOL',
	},
	{
		pattern: /Storage volume not found/,
		remedy: 'Refresh the pool: virsh pool-refresh POOL. If the file is gone, bring it back first.',
	},
	{
		pattern: /Storage pool not found/,
		remedy:
			'Define that storage pool again (virsh pool-list --all lists all pools), or change the disk: virsh edit DOMAIN',
	},
	{
		pattern: /backing file .*No such file or directory/,
		remedy:
			'Put the backing file back where it was, or point the overlay at its new place: qemu-img rebase -u -b FILE -F FORMAT OVERLAY',
	},
	{
		pattern: /No such file or directory/,
		remedy: 'Put the file back, or change the disk in the domain: virsh edit DOMAIN',
	},
	{
		pattern: /Image is not in \w+ format/,
		remedy:
			'The file is not what the domain XML says: check it with qemu-img info, then set the driver type with virsh edit DOMAIN',
	},
	{
		// libvirt and QEMU say it: the rights of whoever runs virsnap have no part in it.
		pattern:
			/as uid:\d+, gid:\d+\)?: Permission denied|(?:qemu-system|qemu-kvm|internal error|monitor)[\s\S]*Permission denied/,
		remedy:
			'QEMU runs as a user of its own, who may not open that file: see the rights of the file and of the folders above it (namei -l FILE), then AppArmor or SELinux (journalctl -b | grep -i denied).',
	},
	{
		pattern: /Permission denied/,
		remedy: 'Run virsnap as a user that may read and write that file, usually with sudo.',
		root: evenRoot,
	},
];

/**
 * What to do about a failed command; null where the table knows nothing.
 *
 * @param words its stderr, or an error's message
 * @param user.root whether root is told, who has all rights that sudo could give
 */
export function remedyFor(words: string, {root = isRoot()}: {root?: boolean} = {}): string | null {
	const row = rows.find(({pattern}) => pattern.test(words));
	if (!row) return null;
	return root ? (row.root ?? withoutSudo(row.remedy)) : row.remedy;
}

/** The same commands for root, in whose shell sudo may be missing. */
export function withoutSudo(remedy: string): string {
	return remedy.replaceAll(/\bsudo (?=[a-z])/g, '');
}

/**
 * Whether virsh says that libvirt itself could not be asked, so that further questions are useless. Only its own words count: a question
 * may fail because a domain could not reach some socket.
 */
export function isConnectionFailure(words: string): boolean {
	return /failed to connect to the hypervisor|spawn virsh|client socket is closed|Disconnected from|End of file while reading data/.test(
		words,
	);
}
