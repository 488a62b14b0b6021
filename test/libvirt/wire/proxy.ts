import {rm} from 'node:fs/promises';
import net from 'node:net';
import {createJoiner, headerBytes, lengthBytes} from '../../../source/libvirt/wire/message.ts';

/** Changes a whole message of the daemon, its length in front; null: it is swallowed. */
export type Alter = (message: Buffer, procedure: number) => Buffer | null;

/** Stands between a client and the real daemon, and lies where it is told to. */
export async function startProxy(daemon: string, socket: string, alter: Alter = message => message) {
	const sockets = new Set<net.Socket>();
	const clients = new Set<net.Socket>();
	let heard = Buffer.alloc(0);
	const server = net.createServer(client => {
		const upstream = net.connect(daemon);
		clients.add(client);
		for (const one of [client, upstream]) {
			sockets.add(one);
			one.on('error', () => undefined);
		}

		client.on('data', (piece: Buffer) => {
			heard = Buffer.concat([heard, piece]);
			upstream.write(piece);
		});
		const join = createJoiner(({header, payload}) => {
			const start = Buffer.alloc(lengthBytes + headerBytes);
			const {program, version, procedure, type, serial, status} = header;
			const numbers = [start.length + payload.length, program, version, procedure, type, serial, status];
			for (const [index, number] of numbers.entries()) start.writeUInt32BE(number, index * 4);
			const altered = alter(Buffer.concat([start, payload]), procedure);
			if (altered) client.write(altered);
		});
		upstream.on('data', join);
		upstream.on('close', () => client.destroy());
		client.on('close', () => upstream.destroy());
	});
	await new Promise<void>(resolve => server.listen(socket, resolve));
	return {
		socket,
		/** Everything that clients have said. */
		heard: () => heard,
		/** Say something to every client that the daemon did not say. */
		inject(message: Buffer) {
			for (const client of clients) client.write(message);
		},
		async stop() {
			for (const one of sockets) one.destroy();
			await new Promise(resolve => server.close(resolve));
			await rm(socket, {force: true});
		},
	};
}
