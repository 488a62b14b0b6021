/** A private libvirtd of root's, as qemu:///system is one, and a plain user who may or may not connect to it. Needs root. */
import {chown, mkdir, mkdtemp, open, readFile, writeFile} from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import {execa} from 'execa';
import {canConnect} from '../../source/lab/daemon.ts';
import {type DomainSpec, domainXml} from '../../source/lab/domain-xml.ts';
import {folderPrefix, recordOwner, startKeeper} from '../../source/lab/keeper.ts';
import {findLabUser} from '../../source/lab/user.ts';
import {waitUntil} from './lab.ts';

/** What the group `libvirt` is to a host. */
const socketGroup = 61_235;
/** Whom Debian's package has QEMU run as. */
const qemuUser = 64_055;

export type SystemLab = {
	readonly uri: string;
	readonly folder: string;
	/** In a folder that everybody may enter. */
	image(name: string): string;
	define(spec: DomainSpec): Promise<void>;
	/** As root. */
	virsh(...words: string[]): Promise<string>;
	/** As the plain user, in the group or not; any exit status is an answer. */
	asUser(argv: readonly string[], options?: {inGroup?: boolean; env?: Record<string, string>}): Promise<Ended>;
	/** The plain user's own. */
	readonly home: string;
	stop(): Promise<void>;
};

export type Ended = {status: number; stdout: string; stderr: string};

/** The host's own libvirt is not touched: all that root's daemon keeps outside of its folder is in a mount namespace of its own. */
export async function startSystemLab(): Promise<SystemLab> {
	const folder = await mkdtemp(path.join(os.tmpdir(), folderPrefix));
	await recordOwner(folder);
	await execa('chmod', ['755', folder]);
	const home = path.join(folder, 'home');
	// libvirt serves nobody whom the system does not know by name.
	const {uid, gid} = (await findLabUser())!;
	for (const name of ['run', 'images', 'home', 'home/run']) await mkdir(path.join(folder, name), {mode: 0o755});
	for (const name of [home, path.join(home, 'run')]) {
		await chown(name, uid, gid);
		await execa('chmod', ['700', name]);
	}

	const socket = path.join(folder, 'run/libvirt-sock');
	await writeFile(
		path.join(folder, 'libvirtd.conf'),
		`unix_sock_dir = "${path.dirname(socket)}"\nunix_sock_group = "${socketGroup}"\nunix_sock_rw_perms = "0770"\nauth_unix_rw = "none"\n`,
	);
	await writeFile(
		path.join(folder, 'qemu.conf'),
		'stdio_handler = "file"\nsecurity_driver = "none"\ncgroup_controllers = []\nnamespaces = []\n',
	);
	const log = await open(path.join(folder, 'libvirtd.log'), 'a');
	// libvirt does not start without the user that its package makes; on the host's own list nothing is changed.
	const script = `
for point in /run /etc/libvirt /var/lib /var/log /var/cache; do mount -t tmpfs tmpfs $point || exit 1; done
cp "$0/qemu.conf" /etc/libvirt/
# A /dev/kvm that only root may open makes libvirt 9.0 probe QEMU anew for each question: none at all.
mkdir -p /run/dev/shm
cp -a /dev/null /dev/zero /dev/full /dev/random /dev/urandom /dev/tty /run/dev/
mount --bind /dev/shm /run/dev/shm
mount --rbind /run/dev /dev
for list in passwd group; do
	cp /etc/$list "$0/$list"
	grep -q ^libvirt-qemu: "$0/$list" || cat "$0/$list.more" >>"$0/$list"
	mount --bind "$0/$list" /etc/$list
done
exec tini -s -- libvirtd --config="$0/libvirtd.conf" --pid-file="$0/libvirtd.pid"`;
	await writeFile(
		path.join(folder, 'passwd.more'),
		`libvirt-qemu:x:${qemuUser}:${qemuUser}::/nonexistent:/bin/false\n`,
	);
	await writeFile(path.join(folder, 'group.more'), `libvirt-qemu:x:${qemuUser}:\n`);
	const daemon = ['unshare', '--mount', '--propagation', 'private', '/bin/sh', '-c', script, folder];
	const keeper = startKeeper(folder, daemon, log.fd);
	await log.close();
	try {
		await waitUntil(() => canConnect(socket), {seconds: 30});
	} catch {
		const words = await readFile(path.join(folder, 'libvirtd.log'), 'utf8');
		await keeper.dismiss();
		throw new Error(`libvirtd did not start:\n${words}`);
	}

	const uri = `qemu+unix:///system?socket=${encodeURI(socket)}`;
	const virsh = async (...words: string[]) => (await execa('virsh', ['-q', '-c', uri, ...words])).stdout;
	return {
		uri,
		folder,
		home,
		virsh,
		image: name => path.join(folder, 'images', name),
		async define(spec) {
			const file = path.join(folder, `${spec.name}.xml`);
			await writeFile(file, domainXml({...spec, type: 'qemu'}));
			await virsh('define', '--file', file);
		},
		async asUser(argv, {inGroup = true, env = {}} = {}) {
			const groups = inGroup ? [`--groups=${socketGroup}`] : ['--clear-groups'];
			const identity = [`--reuid=${uid}`, `--regid=${gid}`, ...groups, '--'];
			const {exitCode, stdout, stderr} = await execa('setpriv', [...identity, ...argv], {
				cwd: home,
				reject: false,
				stdin: 'ignore',
				extendEnv: false,
				env: {PATH: process.env.PATH, HOME: home, XDG_RUNTIME_DIR: path.join(home, 'run'), LC_ALL: 'C.UTF-8', ...env},
			});
			return {status: exitCode ?? -1, stdout, stderr};
		},
		stop: keeper.dismiss,
	};
}
