/**
 * `node replay-hosts.ts SOCKET FILE`: stands for any number of hosts. Each connection to the socket is served what an agent once sent, from
 * the file, and its questions are answered as by a host where nothing happens. Prints the bytes it has sent and received for each line it reads.
 */
import {readFileSync} from 'node:fs';
import net from 'node:net';
import process from 'node:process';
import {frameOf, frameReader} from '../../source/hypervisor/agent/language/frames.ts';
import type {AgentRequest} from '../../source/hypervisor/agent/language/protocol.ts';

const [socket, file] = process.argv.slice(2) as [string, string];
const recorded = readFileSync(file);
const counts = {sent: 0, received: 0};

const server = net.createServer(line => {
	const send = (bytes: Uint8Array) => {
		counts.sent += bytes.length;
		line.write(bytes);
	};
	// Up to the end of its first line it is the greeting.
	const greeting = recorded.subarray(0, recorded.indexOf('\n') + 1);
	send(greeting);
	const read = frameReader(message => {
		const request = message as AgentRequest;
		if ('watch' in request) send(recorded.subarray(greeting.length));
		else if ('call' in request) send(frameOf({id: request.id, result: answerTo(request.call)}));
	});
	line.on('data', bytes => {
		counts.received += bytes.length;
		read(bytes);
	});
	line.on('error', () => {});
});

function answerTo(call: string): unknown {
	if (call === 'clock') return Date.now();
	return ['receipts', 'oddReceipts', 'unfinished', 'sizes', 'fileSystems'].includes(call) ? [] : null;
}

server.listen({path: socket, backlog: 4096}, () => process.stdout.write('listening\n'));
process.stdin.on('data', () => process.stdout.write(`${JSON.stringify(counts)}\n`));
process.stdin.on('end', () => process.exit());
