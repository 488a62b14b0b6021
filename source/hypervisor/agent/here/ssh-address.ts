/** From the URI of another host to what ssh is told, as libvirt reads it (https://libvirt.org/uri.html, "SSH transport"). */

import {HostError} from '../../../core/words/foreseen-error.ts';
import {shellCommand, shellWord, t} from '../../../core/words/text.ts';

export type SshAddress = {
	/** For a person: `root@h1`. */
	readonly name: string;
	/** Without the user. */
	readonly host: string;
	/** Null: ssh's own choice. */
	readonly port: string | null;
	/** The program and what it is told, up to the host. */
	readonly ssh: readonly string[];
	/** As it was given, aliases resolved. */
	readonly from: string;
	/** What virsnap there is to connect to. */
	readonly uri: string;
};

const wordy = /^(qemu)\+ssh:\/\/(?:([^/?#@]+)@)?(\[[^\]/?#]+\]|[^/?#:@]*)(?::(\d+))?(\/[^?#]*)(?:\?([^#]*))?$/i;

/**
 * Null where this URI is not reached by ssh. `netcat`, `proxy` and `mode` concern libvirt's own way and are of no account; `no_verify` is
 * not followed: an unknown host key is a question for a person.
 *
 * @throws {HostError} a host or user that ssh would take for an option
 */
export function sshAddress(uri: string): SshAddress | null {
	const match = wordy.exec(uri);
	if (match === null) return null;
	const [, , user, bracketed, port, place, query = ''] = match;
	const host = decodeURIComponent(bracketed!.replace(/^\[(.*)\]$/, '$1')) || 'localhost';
	const login = user === undefined ? null : decodeURIComponent(user);
	const given = new URLSearchParams(query);
	for (const word of [host, login ?? ''])
		if (/^-|[\s\0]/.test(word)) throw new HostError(t`${uri} names no host.`, badHost);
	const keyfile = given.get('keyfile');
	const socket = given.get('socket');
	return {
		from: uri,
		host,
		port: port ?? null,
		name: `${login === null ? '' : `${login}@`}${host}`,
		ssh: [
			given.get('command') ?? 'ssh',
			...(port === undefined ? [] : ['-p', port]),
			...(login === null ? [] : ['-l', login]),
			...(keyfile === null ? [] : ['-i', keyfile]),
			'--',
			host,
		],
		uri: socket === null ? `qemu://${place}` : `qemu+unix://${place}?socket=${encodeURIComponent(socket)}`,
	};
}

/** For libvirt's own way, where ssh may ask nobody (https://libvirt.org/uri.html, `no_tty`). */
export function unaskedUri({from}: SshAddress): string {
	if (/[?&]no_tty=/.test(from)) return from;
	return `${from}${from.includes('?') ? '&' : '?'}no_tty=1`;
}

const badHost = 'Give it as qemu+ssh://USER@HOST/system.';

/** Where virsnap puts itself on a host that has none. */
export const agentFolder = (version: string): string => `.local/share/virsnap/agent/${version}`;

/** What the login shell there is told: the virsnap of this very version first, then the one that is installed. Status 127: none. */
export function startThere({uri}: SshAddress, version: string, words: readonly string[]): string {
	const rest = shellCommand(['-c', uri, ...words]);
	const script = `for one in "$HOME/${agentFolder(version)}/virsnap" virsnap; do command -v "$one" >/dev/null 2>&1 && exec "$one" ${rest}; done; exit 127`;
	return `exec sh -c ${shellWord(script)}`;
}
