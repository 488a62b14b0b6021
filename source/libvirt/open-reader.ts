/** libvirt by the fastest way that there is: the wire where its socket is here and all goes as known, virsh for everything else. */
import type {LibvirtReader} from './reader.ts';
import type {Libvirt} from './virsh/ask.ts';
import {virshReader} from './virsh/virsh-reader.ts';
import {daemonAddress, type Surroundings} from './wire/address.ts';
import {type Connection, connectTo, type Patience, usualPatience} from './wire/connection.ts';
import {LostError, SurpriseError, UnreachableError} from './wire/failures.ts';
import {shakeHands} from './wire/handshake.ts';
import {wireReader} from './wire/wire-reader.ts';

/** How libvirt is asked: over which socket, or why through virsh. */
type Way = {readonly kind: 'wire'; readonly socket: string} | {readonly kind: 'virsh'; readonly reason: string};

export type OpenReader = LibvirtReader & {
	/** How it is asked at this moment; no question is needed to know. */
	way(): Way;
	/** The same one, whose commands the log does not show. What is asked over the wire is never shown. */
	readonly quiet: LibvirtReader;
};

/**
 * Nothing is asked yet. A lost connection is made again by the next question; after an answer that is not understood virsh is used from then on.
 *
 * @param libvirt its `signal` ends the connection
 */
// biome-ignore lint/complexity/noExcessiveLinesPerFunction: a factory: its functions are short, and share what it holds
export function openReader(
	libvirt: Libvirt,
	surroundings: Surroundings,
	patience: Patience = usualPatience,
	virsh: LibvirtReader = virshReader(libvirt),
): OpenReader {
	const address = daemonAddress(libvirt.uri, {...surroundings, env: {...surroundings.env, ...libvirt.env}});
	let way: Way =
		address.socket === null ? {kind: 'virsh', reason: address.reason} : {kind: 'wire', socket: address.socket};
	let connecting: Promise<Connection> | null = null;

	async function open(socket: string, name: string | null): Promise<Connection> {
		const at = new Date().toISOString();
		const started = performance.now();
		const connection = await connectTo(socket, patience);
		connection.ended.then(reason => reason instanceof SurpriseError && giveUp(reason));
		libvirt.signal?.addEventListener('abort', () => connection.end(new LostError('closed')), {once: true});
		if (libvirt.signal?.aborted) connection.end(new LostError('closed'));
		try {
			await shakeHands(connection, name);
		} catch (error) {
			connection.end(error as Error);
			throw error;
		}

		const milliseconds = Math.round(performance.now() - started);
		libvirt.log?.({at, argv: ['connect', socket], milliseconds, exitCode: 0, error: '', changes: false});
		return connection;
	}

	/** The same one until it ends. */
	function connect(): Promise<Connection> {
		if (connecting === null) {
			const mine = open((address as {socket: string}).socket, (address as {name: string | null}).name);
			connecting = mine;
			const forget = () => {
				if (connecting === mine) connecting = null;
			};
			mine.then(({ended}) => ended.then(forget), forget);
		}

		return connecting;
	}

	function giveUp(surprise: SurpriseError): void {
		if (way.kind === 'virsh') return;
		way = {kind: 'virsh', reason: surprise.message};
		const at = new Date().toISOString();
		const error = `${surprise.message}: using virsh from now on`;
		libvirt.log?.({at, argv: ['connect', address.socket!], milliseconds: 0, exitCode: null, error, changes: false});
	}

	const wire = wireReader(connect);

	function readerWith(fallback: LibvirtReader): LibvirtReader {
		const names = Object.keys(fallback) as (keyof LibvirtReader)[];
		return Object.fromEntries(
			names.map(name => {
				const [fast, sure] = [wire[name], fallback[name]] as ((...args: unknown[]) => Promise<unknown>)[];
				const ask = async (...args: unknown[]) => {
					if (way.kind === 'virsh') return sure!(...args);
					try {
						return await fast!(...args);
					} catch (error) {
						if (error instanceof SurpriseError) giveUp(error);
						// virsh starts a user's own daemon where there is none, and says best why it cannot be reached.
						else if (!(error instanceof UnreachableError)) throw error;
						return sure!(...args);
					}
				};
				return [name, ask];
			}),
		) as LibvirtReader;
	}

	const quietly: Libvirt = {...libvirt, log: command => command.error && libvirt.log?.(command)};
	return {...readerWith(virsh), way: () => way, quiet: readerWith(virshReader(quietly))};
}
