/** Whether the files that libvirt means are the ones that this program sees under the same paths. */
import {t} from '../../core/words/text.ts';

/** What is known of where libvirt runs. */
export type PlaceFacts = {
	/** As libvirt's library has it, aliases and defaults resolved; null: its own choice of a daemon on this machine. */
	readonly uri: string | null;
	/** Of the daemon, where it is reached by one. */
	readonly socket: string | null;
	/** The name that libvirt has for its machine, and the names that this one has. */
	readonly hostname: string;
	readonly ownNames: readonly string[];
	readonly daemon: DaemonSeen;
};

/**
 * The process that listens at the socket: whether it sees the same mounts under the same root as this one. `hidden`: it may be one that
 * may not be looked into. `none`: all that it could be were looked at, and it is none of them.
 */
export type DaemonSeen = {readonly pid: number; readonly sameMounts: boolean} | 'hidden' | 'none';

export type Place = {
	/** Why files of the same paths here are not those that libvirt means, to stand within a sentence; null where they are. */
	readonly elsewhere: string | null;
	/** A daemon that sees other mounts: each file has to be compared with what this process has under its path. */
	readonly compare: number | null;
	/** False where nothing but names speaks for it: what libvirt says of each image has to agree with what is seen here. */
	readonly proven: boolean;
};

const here: Place = {elsewhere: null, compare: null, proven: true};
const there = (elsewhere: string): Place => ({elsewhere, compare: null, proven: true});

/** Never by the text that the user gave: an alias may lead anywhere. */
export function judgePlace({uri, socket, hostname, ownNames, daemon}: PlaceFacts): Place {
	const asked = uri ?? 'qemu:///';
	const {driver, transport, server, path} = partsOf(asked);
	if (transport !== '' && transport !== 'unix') return there(t`libvirt is reached through ${transport} (${asked})`);
	if (server !== '' && transport === '') return there(t`libvirt runs on ${server} (${asked})`);
	// Drivers that are part of the library itself have no daemon: their files are this process's own.
	if (driver !== 'qemu' || path === '/embed') return here;
	if (typeof daemon === 'object') return daemon.sameMounts ? here : {...here, compare: daemon.pid};
	if (daemon === 'none') return there(t`no process that can be seen here listens at ${socket ?? 'its socket'}`);
	if (!ownNames.includes(hostname)) return there(t`libvirt runs on ${hostname}`);
	return {...here, proven: false};
}

/** https://libvirt.org/uri.html: `driver[+transport]://[user@][host][:port]/path`. */
function partsOf(uri: string): {driver: string; transport: string; server: string; path: string} {
	const match = /^([a-z0-9]+)(?:\+([a-z0-9]+))?:\/\/([^/?#]*)([^?#]*)/i.exec(uri);
	const [, driver = '', transport = '', server = '', path = ''] = match ?? [];
	return {driver: driver.toLowerCase(), transport: transport.toLowerCase(), server, path};
}

/** The daemon of the whole machine, rather than a user's own. */
export function isSystemUri(uri: string | null, uid: number): boolean {
	return uri === null ? uid === 0 : /^[^?#]*\/system(?:[?#]|$)/.test(uri);
}
