/** Hosts that are not as one would like them, for real: what is said about them is ssh's own word. */
import {execFile} from 'node:child_process';
import {appendFile, readFile, writeFile} from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import {fileURLToPath} from 'node:url';
import {promisify} from 'node:util';
import type {SshHost} from '../../source/lab/ssh-host.ts';

const slowWire = fileURLToPath(new URL('slow-wire.ts', import.meta.url));

/** What is between ssh and the host. */
async function between(host: SshHost, proxy: (sshd: string) => string): Promise<void> {
	const file = path.join(host.folder, 'ssh_config');
	const settings = await readFile(file, 'utf8');
	await writeFile(
		file,
		settings.replace(/ProxyCommand (.*)/, (_, sshd: string) => proxy(sshd)),
	);
}

const stoppedIn = (host: SshHost) => path.join(host.folder, 'stopped');

const troubles = {
	/** A round trip takes 300 ms. */
	far: host => between(host, sshd => `ProxyCommand ${process.execPath} ${slowWire} 300 ${sshd}`),
	/** It takes the connection, and says nothing. */
	stopped: host =>
		between(host, sshd => `ProxyCommand sh -c 'echo $$ >>${stoppedIn(host)}; kill -STOP $$; exec ${sshd}'`),
	/** Nothing listens there. */
	gone: host => between(host, () => 'HostName 127.0.0.1\n  Port 1'),
	/** Its key is not known, and ssh may ask about it. */
	fresh: async host => {
		await writeFile(path.join(host.folder, 'known_hosts'), '');
		const file = path.join(host.folder, 'ssh_config');
		const settings = await readFile(file, 'utf8');
		await writeFile(file, settings.replace('StrictHostKeyChecking yes', 'StrictHostKeyChecking ask'));
	},
	/** The key that opens it has a passphrase, `correct horse`. As on a real host its sshd hears no Ctrl-C at our terminal. */
	locked: async host => {
		await between(host, sshd => `ProxyCommand setsid ${sshd}`);
		const words = ['-q', '-p', '-P', '', '-N', 'correct horse', '-f', path.join(host.folder, 'user_key')];
		await promisify(execFile)('ssh-keygen', words);
	},
	strange: host => writeFile(path.join(host.folder, 'known_hosts'), ''),
	/** It knows no key of anybody, and takes a password. */
	asking: async host => {
		await writeFile(path.join(host.folder, 'authorized_keys'), '');
		const file = path.join(host.folder, 'sshd_config');
		const settings = await readFile(file, 'utf8');
		await writeFile(file, settings.replace('PasswordAuthentication no', 'PasswordAuthentication yes'));
		await appendFile(file, 'PermitRootLogin yes\n');
	},
} satisfies Record<string, (host: SshHost) => Promise<void>>;

export type Trouble = keyof typeof troubles;

export const trouble = (host: SshHost, what: Trouble): Promise<void> => troubles[what](host);

/** Files there are those that this process sees. */
export const withMountsOf = (host: SshHost, pid: number): Promise<void> =>
	between(host, sshd => `ProxyCommand nsenter -t ${pid} -m -r ${sshd}`);

/** What libvirt's own way asks for on a host, as a program. */
export const netcat = `#!${process.execPath}
const line = require('node:net').connect(process.argv.at(-1));
process.stdin.pipe(line).pipe(process.stdout);
`;

/** @returns what cuts each connection that is made from now on, for a shell: what is between both ends is gone, and neither is told */
export async function cuttable(host: SshHost): Promise<string> {
	const file = path.join(host.folder, 'relays');
	await between(host, sshd => `ProxyCommand sh -c 'echo $$ >>${file}; exec ${sshd}'`);
	// One that has ended may have left its number to somebody else; since OpenSSH 9.8 it is called sshd-session, and has a child that
	// holds the line as well.
	const kill = 'case "$(cat /proc/$one/comm)" in sshd*) kill -9 $one ;; esac';
	const each = `for one in $relay $(pgrep -P $relay); do ${kill}; done`;
	// Whoever connects meanwhile is not meant.
	return `mv '${file}' '${file}.cut' && while read -r relay; do ${each}; done <'${file}.cut' 2>/dev/null`;
}

/** What ssh leaves behind where it was stopped, since it cannot hear. */
export async function endStopped(host: SshHost): Promise<void> {
	const pids = await readFile(stoppedIn(host), 'utf8').catch(() => '');
	for (const pid of pids.split('\n').filter(Boolean)) {
		try {
			process.kill(Number(pid), 'SIGKILL');
		} catch {
			// It has ended.
		}
	}
}
