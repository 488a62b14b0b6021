import net from 'node:net';
import {expect, test} from 'vitest';
import {listenersOf} from '../../source/inventory/planned/listeners.ts';

test.each([
	['127.0.0.1', '127.0.0.1'],
	['0.0.0.0', '0.0.0.0'],
	['::1', '::1'],
	['::', '::'],
])('who listens at %s is found with its port, and is gone once it has ended', async (host, address) => {
	const server = net.createServer();
	await new Promise<void>((resolve, reject) => server.on('error', reject).listen({host, port: 0}, resolve));
	const {port} = server.address() as net.AddressInfo;
	const found = async () => (await listenersOf('self')).filter(one => one.port === port && one.address === address);
	expect(await found()).toHaveLength(1);
	await new Promise(resolve => server.close(resolve));
	expect(await found()).toEqual([]);
});

test('what cannot be looked into has none', async () => {
	expect(await listenersOf(2 ** 30)).toEqual([]);
});
