/**
 * A lab as another host: a real sshd in front of it, with keys of its own. Nothing listens anywhere and nothing of the machine's ssh is
 * touched: each connection starts an sshd of its own (`sshd -i`).
 */
import {execFile} from 'node:child_process';
import {chmod, mkdir, writeFile} from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import {promisify} from 'node:util';
import type {Lab} from './lab.ts';

const run = promisify(execFile);

export type SshHost = {
	/** Leads to the lab, for virsnap and for libvirt. */
	readonly uri: string;
	/** Stands for `ssh`: the same, with a configuration that knows this host. */
	readonly ssh: string;
	/** Of the lab's own socket, as the host itself would give it. */
	readonly folder: string;
};

type Options = {
	/** The command that is `virsnap` there; null: there is none. */
	readonly virsnap: readonly string[] | null;
	/** Its name. */
	readonly host?: string;
	/** Variables for whatever ssh starts there. */
	readonly env?: Readonly<Record<string, string>>;
};

/** Programs there are searched for in the lab's folder first. */
export async function startSshHost(lab: Pick<Lab, 'folder' | 'uri'>, options: Options): Promise<SshHost> {
	const {host = 'far', virsnap, env = {}} = options;
	const folder = path.join(lab.folder, `ssh-${host}`);
	for (const name of ['bin', 'home']) await mkdir(path.join(folder, name), {recursive: true, mode: 0o700});
	const file = (name: string) => path.join(folder, name);
	for (const name of ['host_key', 'user_key'])
		await run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', name, '-f', file(name)]);
	await run('cp', [file('user_key.pub'), file('authorized_keys')]);
	const publicKey = (await run('cut', ['-d', ' ', '-f', '1,2', file('host_key.pub')])).stdout;
	await writeFile(file('known_hosts'), `${host} ${publicKey}`);
	// sshd asks for it where it is root.
	if (os.userInfo().uid === 0) await mkdir('/run/sshd', {recursive: true, mode: 0o755});
	if (virsnap !== null) await script(file('bin/virsnap'), `exec ${virsnap.map(quoted).join(' ')} "$@"`);
	const there = {
		PATH: `${file('bin')}:${process.env.PATH ?? '/usr/bin:/bin'}`,
		// What the person's own shell does when it starts is none of this host's. What is compiled is the same.
		HOME: file('home'),
		XDG_CACHE_HOME: process.env.XDG_CACHE_HOME ?? path.join(os.homedir(), '.cache'),
		...env,
	};
	await writeFile(file('sshd_config'), serverSettings(file, there));
	await writeFile(file('ssh_config'), clientSettings(file, host));
	await script(file('ssh'), `exec ssh -F ${quoted(file('ssh_config'))} "$@"`);
	const socket = new URL(lab.uri).searchParams.get('socket');
	const query = new URLSearchParams({command: file('ssh'), ...(socket === null ? {} : {socket})});
	return {uri: `qemu+ssh://${host}${new URL(lab.uri).pathname}?${query}`, ssh: file('ssh'), folder};
}

async function script(file: string, line: string): Promise<void> {
	await writeFile(file, `#!/bin/sh\n${line}\n`);
	await chmod(file, 0o755);
}

const quoted = (word: string): string => `'${word.replaceAll("'", `'\\''`)}'`;

type Place = (name: string) => string;

function serverSettings(file: Place, env: Readonly<Record<string, string>>): string {
	const variables = Object.entries(env).map(([name, value]) => `"${name}=${value}"`);
	return [
		`HostKey ${file('host_key')}`,
		`AuthorizedKeysFile ${file('authorized_keys')}`,
		'PasswordAuthentication no',
		'KbdInteractiveAuthentication no',
		// The lab lies in a folder for temporary files.
		'StrictModes no',
		`UsePAM ${os.userInfo().uid === 0 ? 'yes' : 'no'}`,
		'PidFile none',
		`SetEnv ${variables.join(' ')}`,
		'',
	].join('\n');
}

function clientSettings(file: Place, host: string): string {
	return [
		`Host ${host}`,
		`  ProxyCommand ${process.env.SSHD ?? '/usr/sbin/sshd'} -i -f ${file('sshd_config')} 2>>${file('sshd.log')}`,
		`  UserKnownHostsFile ${file('known_hosts')}`,
		'  GlobalKnownHostsFile none',
		'  StrictHostKeyChecking yes',
		`  IdentityFile ${file('user_key')}`,
		'  IdentitiesOnly yes',
		'  IdentityAgent none',
		'',
	].join('\n');
}
