/** Where libvirt is found, as its own library finds it (https://libvirt.org/uri.html; `remote_sockets.c` for the order). */
import {existsSync, readFileSync} from 'node:fs';
import path from 'node:path';
import {parseAliases, parseSetting} from './libvirt-conf.ts';

/** Who asks, and what surrounds it. */
export type Surroundings = {
	readonly env: Readonly<Record<string, string | undefined>>;
	/** The effective one. */
	readonly uid: number;
};

/**
 * A local socket, and the URI by which the daemon knows what is wanted; null: it picks its driver itself. `uri`: what was asked for, aliases
 * and defaults resolved.
 */
export type Address = {readonly socket: string; readonly name: string | null; readonly uri: string | null};

/** Not to be reached over the wire: `reason` says why, for a person. */
type NoAddress = {readonly socket: null; readonly reason: string; readonly uri: string};

/** The socket of this URI; null: of what virsh would take by default. Looks at the disk. */
export function daemonAddress(uri: string | null, surroundings: Surroundings): Address | NoAddress {
	const settings = readSettings(surroundings);
	const mode = parseSetting(settings, 'remote_mode') ?? 'auto';
	const {env} = surroundings;
	const asked =
		uri || env.VIRSH_DEFAULT_CONNECT_URI || env.LIBVIRT_DEFAULT_URI || parseSetting(settings, 'uri_default');
	if (!asked) return {socket: socketIn(runFolder(surroundings, null), mode), name: null, uri: null};
	return local(parseAliases(settings).get(asked) ?? asked, mode, surroundings);
}

function local(uri: string, mode: string, surroundings: Surroundings): Address | NoAddress {
	const match = /^([a-z0-9+.-]+):\/\/([^/?#]*)(\/[^?#]*)?(?:\?([^#]*))?$/i.exec(uri);
	if (!match) return none(uri, `${uri} is not the URI of a daemon`);
	const [, scheme, server, place = '', query = ''] = match as unknown as [string, string, string, string?, string?];
	if (server !== '') return none(uri, `${uri} is on another machine`);
	if (!/^qemu(?:\+unix)?$/i.test(scheme)) return none(uri, `${scheme} is not a local socket of QEMU's driver`);
	if (place !== '/system' && place !== '/session')
		return none(uri, `${uri} is neither qemu:///system nor qemu:///session`);
	const given = parseQuery(query);
	if (given === null) return none(uri, `the query of ${uri} is not supported`);
	const socket = given.get('socket') ?? socketIn(runFolder(surroundings, place), given.get('mode') ?? mode);
	return {socket, name: `qemu://${place}`, uri};
}

const none = (uri: string, reason: string): NoAddress => ({socket: null, reason, uri});

/** Null where more stands there than a socket and the way to choose one. */
function parseQuery(query: string): Map<string, string> | null {
	const pairs = query.split(/[&;]/).filter(Boolean);
	try {
		const given = new Map(pairs.map(pair => split(pair).map(decodeURIComponent) as [string, string]));
		const known = [...given.keys()].every(key => key === 'socket' || key === 'mode');
		return known ? given : null;
	} catch {
		return null;
	}
}

function split(pair: string): [string, string] {
	const at = pair.indexOf('=');
	return at === -1 ? [pair, ''] : [pair.slice(0, at), pair.slice(at + 1)];
}

/** The daemon of a user has its sockets in that user's folder; root has none, whatever the URI says. */
function runFolder({env, uid}: Surroundings, place: string | null): string {
	if (uid === 0 || place === '/system') return '/var/run/libvirt';
	const own = env.XDG_RUNTIME_DIR || env.XDG_CACHE_HOME || path.join(env.HOME ?? '/', '.cache');
	return path.join(own, 'libvirt');
}

/** The daemon for QEMU alone where there is one, else the one for everything. */
function socketIn(folder: string, mode: string): string {
	const direct = path.join(folder, 'virtqemud-sock');
	const legacy = path.join(folder, 'libvirt-sock');
	return mode === 'direct' || (mode !== 'legacy' && existsSync(direct)) ? direct : legacy;
}

/** libvirt.conf of the machine for root, of the user for everybody else; empty where there is none. */
function readSettings({env, uid}: Surroundings): string {
	const own = env.XDG_CONFIG_HOME || path.join(env.HOME ?? '/', '.config');
	const folder = uid === 0 ? '/etc/libvirt' : path.join(own, 'libvirt');
	try {
		return readFileSync(path.join(folder, 'libvirt.conf'), 'utf8');
	} catch {
		return '';
	}
}
