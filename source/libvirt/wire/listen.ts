/** Events of domains, on the same connection as everything else. */
import {type Happening, orNull} from '../reader.ts';
import type {Connection} from './connection.ts';
import {domainEvents, procedures} from './procedures.ts';

/** Whoever listens later hears of the same callbacks; registered again, each event would come twice. */
const registered = new WeakSet<Connection>();

/** Hear of them until the connection ends or `signal` aborts; resolves with the reason. */
export async function listenOver(
	connection: Connection,
	signal: AbortSignal,
	onHappening: (happening: Happening) => void,
): Promise<string> {
	const stop = connection.onEvent(({kind, uuid}) => {
		onHappening({kind, concerns: domain => domain.uuid === uuid});
	});
	// Those that an old libvirt does not know are never raised by it either.
	const register = registered.has(connection)
		? []
		: domainEvents.map(({event}) => orNull(connection.call(procedures.registerEvent, {event, domain: null})));
	registered.add(connection);
	const stopped = new Promise<string>(resolve => {
		if (signal.aborted) resolve('');
		signal.addEventListener('abort', () => resolve(''), {once: true});
	});
	try {
		await Promise.race([Promise.all(register), stopped]);
		return await Promise.race([stopped, connection.ended.then(({message}) => message)]);
	} catch (error) {
		return (error as Error).message;
	} finally {
		stop();
	}
}
