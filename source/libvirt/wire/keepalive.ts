/** Signs of life (https://libvirt.org/kbase/internals/rpc.html, "keepalive"): either side may ask, the other one answers at once. */
import net from 'node:net';
import {SurpriseError} from './failures.ts';
import {createJoiner, encodeMessage, keepaliveProgram, type Message, messageType} from './message.ts';

const ping = 1;
const pong = 2;

const sign = (procedure: number) =>
	encodeMessage({program: keepaliveProgram, procedure, type: messageType.event, serial: 0}, []);

export const keepalive = {
	/** What is to be sent back; null where nothing is. */
	answerTo({header: {procedure}}: Message): Buffer | null {
		if (procedure !== ping && procedure !== pong) throw new SurpriseError(`a sign of life of kind ${procedure}`);
		return procedure === ping ? sign(pong) : null;
	},
};

/**
 * Whether the daemon at this socket answers within so many milliseconds. Asked on a connection of its own: on one where several
 * questions wait the daemon reads nothing more until one of them is answered.
 */
export async function givesSignOfLife(path: string, milliseconds: number): Promise<boolean> {
	const socket = net.connect(path);
	const {promise, resolve} = Promise.withResolvers<boolean>();
	// Not before what has arrived is read: this program itself may have been stopped for so long.
	const timer = setTimeout(() => setImmediate(resolve, false), milliseconds);
	const join = createJoiner(({header: {program, procedure}}) => {
		if (program === keepaliveProgram && procedure === pong) resolve(true);
	});
	socket.on('data', (piece: Buffer) => {
		try {
			join(piece);
		} catch {
			resolve(false);
		}
	});
	socket.once('error', () => resolve(false));
	socket.once('close', () => resolve(false));
	socket.write(sign(ping));
	const alive = await promise;
	clearTimeout(timer);
	socket.destroy();
	return alive;
}
