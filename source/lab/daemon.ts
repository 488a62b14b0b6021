import {open, readFile, writeFile} from 'node:fs/promises';
import net from 'node:net';
import path from 'node:path';
import {setTimeout as delay} from 'node:timers/promises';
import {type Keeper, startKeeper} from './keeper.ts';
import type {LabUser} from './user.ts';

/** Longest path a Unix socket address can hold (sun_path of unix(7), with its closing zero byte). */
const socketPathLimit = 107;

export type Daemon = {uri: string; socket: string; keeper: Keeper};

/** Where a lab's private daemon listens. */
export function socketOf(folder: string): string {
	return path.join(folder, 'run/libvirt/libvirt-sock');
}

/**
 * Start a private libvirtd whose every file lies in `folder`, under a parent that reaps its children (field: where process 1 does not,
 * each QEMU probe hangs for over a minute).
 *
 * The one place that knows how the daemon comes up: to run another system's libvirt, put a `chroot` in front of its argv here.
 */
export async function startDaemon(folder: string, user: LabUser | undefined): Promise<Daemon> {
	const socket = socketOf(folder);
	if (Buffer.byteLength(socket) > socketPathLimit) {
		throw new Error(`${socket} is too long for a socket: set TMPDIR to a shorter folder, such as /tmp`);
	}

	await writeConfiguration(folder);
	const log = await open(path.join(folder, 'libvirtd.log'), 'a');
	const keeper = startKeeper(folder, daemonArgv(folder, user), log.fd);
	await log.close();
	await untilListening(socket, keeper, path.join(folder, 'libvirtd.log'));
	return {uri: `qemu+unix:///session?socket=${encodeURI(socket)}`, socket, keeper};
}

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
	const daemon = ['tini', '-s', '--', 'libvirtd', `--pid-file=${path.join(folder, 'libvirtd.pid')}`];
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

async function untilListening(socket: string, keeper: Keeper, log: string): Promise<void> {
	const end = performance.now() + 30_000;
	while (!(await canConnect(socket))) {
		if (performance.now() > end) {
			await keeper.dismiss();
			throw new Error(`libvirtd did not listen at ${socket} within 30 s`);
		}

		const complaint = await complaintIn(log);
		if (complaint) {
			await keeper.dismiss();
			throw new Error(`libvirtd did not start: ${complaint}`);
		}

		await delay(10);
	}
}

function canConnect(socket: string): Promise<boolean> {
	return new Promise(resolve => {
		const connection = net.connect(socket);
		connection.once('connect', () => {
			connection.destroy();
			resolve(true);
		});
		connection.once('error', () => resolve(false));
	});
}

/** A daemon or one of its wrappers that cannot be started says so in the log and is gone; waiting any longer is of no use. */
async function complaintIn(log: string): Promise<string | undefined> {
	const text = await readFile(log, 'utf8').catch(() => '');
	return text
		.split('\n')
		.find(
			line => /No such file or directory|exec .* failed|not found|Permission denied/.test(line) && !/ : /.test(line),
		);
}
