/** libvirt by the fastest way that there is: the wire where its socket is here and all goes as known, virsh for everything else. */
import type {LibvirtReader} from './reader.ts';
import type {Libvirt} from './virsh/ask.ts';
import {virshReader} from './virsh/virsh-reader.ts';
import {type Address, daemonAddress, type Surroundings} from './wire/address.ts';
import {type Connection, connectTo, type Patience, usualPatience} from './wire/connection.ts';
import {LostError, SurpriseError, UnreachableError} from './wire/failures.ts';
import {shakeHands} from './wire/handshake.ts';
import {lastingConnection} from './wire/lasting-connection.ts';
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
export function openReader(
	libvirt: Libvirt,
	surroundings: Surroundings,
	patience: Patience = usualPatience,
	virsh: LibvirtReader = virshReader(libvirt),
): OpenReader {
	const address = daemonAddress(libvirt.uri, {...surroundings, env: {...surroundings.env, ...libvirt.env}});
	let way: Way =
		address.socket === null ? {kind: 'virsh', reason: address.reason} : {kind: 'wire', socket: address.socket};

	function giveUp(surprise: SurpriseError): void {
		if (way.kind === 'virsh') return;
		way = {kind: 'virsh', reason: surprise.message};
		const at = new Date().toISOString();
		const error = `${surprise.message}: using virsh from now on`;
		libvirt.log?.({at, argv: ['connect', address.socket!], milliseconds: 0, exitCode: null, error, changes: false});
	}

	const wire = wireReader(lastingConnection(() => open(libvirt, address as Address, patience, giveUp)));
	const mayAsk = () => way.kind === 'wire';
	const readerWith = (fallback: LibvirtReader) => fastOrSure({wire, mayAsk, giveUp}, fallback);
	const quietly: Libvirt = {...libvirt, log: command => command.error && libvirt.log?.(command)};
	return {...readerWith(virsh), way: () => way, quiet: readerWith(virshReader(quietly))};
}

type GiveUp = (surprise: SurpriseError) => void;

/** A connection that may be asked, and that ends with the signal of `libvirt`. */
async function open(
	{log, signal}: Libvirt,
	{socket, name}: Address,
	patience: Patience,
	giveUp: GiveUp,
): Promise<Connection> {
	const at = new Date().toISOString();
	const started = performance.now();
	const connection = await connectTo(socket, patience);
	connection.ended.then(reason => reason instanceof SurpriseError && giveUp(reason));
	signal?.addEventListener('abort', () => connection.end(new LostError('closed')), {once: true});
	if (signal?.aborted) connection.end(new LostError('closed'));
	try {
		await shakeHands(connection, name);
	} catch (error) {
		connection.end(error as Error);
		throw error;
	}

	const milliseconds = Math.round(performance.now() - started);
	log?.({at, argv: ['connect', socket], milliseconds, exitCode: 0, error: '', changes: false});
	return connection;
}

type Fast = {readonly wire: LibvirtReader; readonly mayAsk: () => boolean; readonly giveUp: GiveUp};

/** Each question over the wire while that may be asked; where it cannot be answered there, by the sure one. */
function fastOrSure({wire, mayAsk, giveUp}: Fast, fallback: LibvirtReader): LibvirtReader {
	const names = Object.keys(fallback) as (keyof LibvirtReader)[];
	return Object.fromEntries(
		names.map(name => {
			const [fast, sure] = [wire[name], fallback[name]] as ((...args: unknown[]) => Promise<unknown>)[];
			const ask = async (...args: unknown[]) => {
				if (!mayAsk()) return sure!(...args);
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
