/** From a connected socket to a libvirt that may be asked: who is asking, and for which of its drivers. */
import type {Connection} from './connection.ts';
import {LostError, RefusedError, SurpriseError} from './failures.ts';
import {procedures} from './procedures.ts';

/** Numbers of remote_auth_type. */
const authentication = {none: 0, sasl: 1, polkit: 2} as const;

/**
 * Let the daemon check who this is, and open its QEMU driver.
 *
 * @param name the URI as the daemon is to know it; null: it picks its driver itself
 * @throws {LostError} it refuses
 * @throws {SurpriseError} it wants what is not spoken here, or is no QEMU
 */
export async function shakeHands(connection: Connection, name: string | null): Promise<void> {
	try {
		const {types} = await connection.call(procedures.authenticationList, {});
		await authenticate(connection, types[0]);
		// An empty name lets the daemon look for a driver, as `doRemoteOpen` of libvirt's remote_driver.c asks it to; with none at all
		// it says "connection not open" (verified on 9.0 and 11.3).
		await connection.call(procedures.open, {name: name ?? '', flags: 0});
		const {type} = await connection.call(procedures.hypervisorType, {});
		if (type !== 'QEMU') throw new SurpriseError(`the hypervisor is ${type}, not QEMU`);
	} catch (error) {
		if (error instanceof RefusedError) throw new LostError(`failed to connect to the hypervisor: ${error.message}`);
		throw error;
	}
}

async function authenticate(connection: Connection, type: number | undefined): Promise<void> {
	if (type === authentication.none) return;
	if (type !== authentication.polkit) throw new SurpriseError('the daemon wants a password (SASL)');
	try {
		await connection.call(procedures.authenticatePolkit, {});
	} catch (error) {
		if (error instanceof RefusedError)
			throw new LostError(`polkit does not let this user manage libvirt: ${error.message}`);
		throw error;
	}
}
