import process from 'node:process';
import type {Lab} from '../../../source/lab/lab.ts';
import type {LibvirtReader} from '../../../source/libvirt/reader.ts';
import {daemonAddress} from '../../../source/libvirt/wire/address.ts';
import {type Connection, connectTo, type Patience} from '../../../source/libvirt/wire/connection.ts';
import {shakeHands} from '../../../source/libvirt/wire/handshake.ts';
import {wireReader} from '../../../source/libvirt/wire/wire-reader.ts';

/** The lab's own socket. */
export function socketOf(lab: Lab): {socket: string; name: string | null} {
	const address = daemonAddress(lab.uri, {env: process.env, uid: 0});
	if (address.socket === null) throw new Error(address.reason);
	return address;
}

/** A connection to the lab that may be asked. */
export async function connectToLab(lab: Lab, patience?: Patience): Promise<Connection> {
	const {socket, name} = socketOf(lab);
	const connection = await connectTo(socket, patience);
	await shakeHands(connection, name);
	return connection;
}

/** The lab asked over the wire, and by nothing else. */
export async function openWire(lab: Lab): Promise<LibvirtReader> {
	const connection = await connectToLab(lab);
	return wireReader(async () => connection);
}
