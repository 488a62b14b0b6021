import {access, open, readFile, writeFile} from 'node:fs/promises';
import net from 'node:net';
import path from 'node:path';
import {setTimeout as delay} from 'node:timers/promises';
import {type Keeper, startKeeper} from './keeper.ts';
import type {LabUser} from './user.ts';

/** Longest path a Unix socket address can hold (sun_path of unix(7), with its closing zero byte). */
const socketPathLimit = 107;

type Daemon = {uri: string; keeper: Keeper};

/**
 * Start a private libvirtd whose every file lies in `folder`, under a parent that reaps its children (where process 1 does not,
 * each QEMU probe hangs for over a minute).
 *
 * The one place that knows how the daemon comes up: to run another system's libvirt, put a `chroot` in front of its argv.
 */
export async function startDaemon(
	folder: string,
	user: LabUser | undefined,
	inFront: readonly string[] = [],
): Promise<Daemon> {
	const socket = socketOf(folder);
	if (Buffer.byteLength(socket) > socketPathLimit) {
		throw new Error(`${socket} is too long for a socket: set TMPDIR to a shorter folder, such as /tmp`);
	}

	await writeConfiguration(folder);
	const log = await open(path.join(folder, 'libvirtd.log'), 'a');
	const keeper = startKeeper(folder, [...inFront, ...daemonArgv(folder, user)], log.fd);
	await log.close();
	try {
		await untilListening(socket, folder);
	} catch (error) {
		await keeper.dismiss();
		throw error;
	}

	return {uri: `qemu+unix:///session?socket=${encodeURI(socket)}`, keeper};
}

const pidFile = (folder: string) => path.join(folder, 'libvirtd.pid');

/**
 * A daemon that was killed or crashed comes back, as a service manager would see to; its machines run on meanwhile. (libvirt 9.0
 * crashes as it starts where it was killed while it merged an overlay: signal 11, once or more.)
 */
const againAfterKill = `while :; do
	"$@"
	status=$?
	[ ! -e "$0/ending" ] || exit $status
	case $status in 134 | 137 | 139) sleep 0.1 ;; *) exit $status ;; esac
done`;

/** Kill the daemon (SIGKILL), as a crash would; resolves when another one listens in its place. */
export async function killDaemon(folder: string): Promise<void> {
	const pid = Number(await readFile(pidFile(folder), 'utf8'));
	process.kill(pid, 'SIGKILL');
	const end = performance.now() + 30_000;
	while (Number(await readFile(pidFile(folder), 'utf8').catch(() => pid)) === pid) {
		if (performance.now() > end) throw new Error(`libvirtd did not come back:\n${await logOf(folder)}`);
		await delay(10);
	}

	await untilListening(socketOf(folder), folder);
}

const socketOf = (folder: string) => path.join(folder, 'run/libvirt/libvirt-sock');

function daemonArgv(folder: string, user: LabUser | undefined): string[] {
	const environment = Object.entries(daemonEnvironment(folder)).map(([name, value]) => `${name}=${value}`);
	const identity = user
		? [
				'setpriv',
				`--reuid=${user.uid}`,
				`--regid=${user.gid}`,
				user.kvmGroup ? `--groups=${user.kvmGroup}` : '--clear-groups',
				'--',
			]
		: [];
	// The pid file also puts the folder on the command line, which is how the keeper tells this daemon from any other.
	const libvirtd = ['libvirtd', `--pid-file=${pidFile(folder)}`];
	const daemon = ['tini', '-s', '--', '/bin/sh', '-c', againAfterKill, folder, ...libvirtd];
	return [
		'env',
		'-u',
		'XDG_DATA_HOME',
		'-u',
		'NOTIFY_SOCKET',
		'-u',
		'LISTEN_FDS',
		...environment,
		...identity,
		...daemon,
	];
}

function daemonEnvironment(folder: string): Record<string, string> {
	return {
		HOME: folder,
		XDG_RUNTIME_DIR: path.join(folder, 'run'),
		XDG_CONFIG_HOME: path.join(folder, 'config'),
		XDG_CACHE_HOME: path.join(folder, 'cache'),
		LC_ALL: 'C.UTF-8',
		PATH: `${process.env.PATH ?? ''}:/usr/sbin:/usr/bin:/sbin:/bin`,
	};
}

async function writeConfiguration(folder: string): Promise<void> {
	// QEMU's messages straight to a file: no virtlogd, which would be a daemon of its own to look after.
	await writeFile(path.join(folder, 'config/libvirt/qemu.conf'), 'stdio_handler = "file"\n');
}

async function untilListening(socket: string, folder: string): Promise<void> {
	const end = performance.now() + 30_000;
	while (!(await canConnect(socket))) {
		// Whatever could not be started (setpriv, tini or libvirtd) has said why in the log.
		if (await exists(path.join(folder, 'ended'))) throw new Error(`libvirtd did not start:\n${await logOf(folder)}`);
		if (performance.now() > end) throw new Error(`libvirtd does not listen after 30 s:\n${await logOf(folder)}`);
		await delay(10);
	}
}

/** Whether somebody listens on a Unix socket. */
export function canConnect(socket: string): Promise<boolean> {
	return new Promise(resolve => {
		const connection = net.connect(socket);
		connection.once('connect', () => {
			connection.destroy();
			resolve(true);
		});
		connection.once('error', () => resolve(false));
	});
}

function exists(file: string): Promise<boolean> {
	return access(file).then(
		() => true,
		() => false,
	);
}

function logOf(folder: string): Promise<string> {
	return readFile(path.join(folder, 'libvirtd.log'), 'utf8');
}
