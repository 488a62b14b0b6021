/** Who listens at the ports that definitions name, on the machine where libvirt starts QEMU (proc(5), /proc/PID/net/tcp). */
import {readFile} from 'node:fs/promises';
import {SocketAddress} from 'node:net';
import {namedPorts} from '../../core/domain-xml/named-files.ts';
import {type Domain, isActive} from '../../core/model/domain.ts';
import type {Listener} from '../../core/model/facts.ts';
import {orNull} from '../../libvirt/reader.ts';
import type {Sources} from '../sources.ts';

/** TCP_LISTEN of Linux. */
const listens = '0A';

/** Few definitions do, and there may be hundreds of them. */
const mayNameOne = /<graphics(?![^>]*autoport=.yes)|type=.tcp/;

/** At the ports that these documents name, but for the domain itself; nobody where its machine is another one. */
export async function readListeners(
	{places, reader}: Pick<Sources, 'places' | 'reader'>,
	domain: Domain,
	documents: readonly string[],
): Promise<Listener[]> {
	const naming = documents.filter(xml => mayNameOne.test(xml));
	const wanted = new Set(naming.flatMap(xml => namedPorts(xml)).map(({port}) => port));
	if (wanted.size === 0) return [];
	const {elsewhere, compare} = await places.place();
	if (elsewhere !== null) return [];
	const live = isActive(domain) ? await orNull(reader.definition(domain.uuid)) : null;
	for (const {port} of live === null ? [] : namedPorts(live, {chosen: true})) wanted.delete(port);
	const found = await listenersOf(compare ?? 'self');
	return found.filter(({port}) => wanted.has(port));
}

/** All of them, in the network namespace of a process; none where that may not be looked into. */
export async function listenersOf(pid: number | 'self'): Promise<Listener[]> {
	const tables = await Promise.all(
		['tcp', 'tcp6'].map(name => readFile(`/proc/${pid}/net/${name}`, 'utf8').catch(() => '')),
	);
	return tables.join('\n').split('\n').flatMap(listenerIn);
}

function listenerIn(line: string): Listener[] {
	const [, address = '', port = '', state] =
		/^ *\d+: ([\dA-F]+):([\dA-F]{4}) [\dA-F]+:[\dA-F]{4} ([\dA-F]{2}) /.exec(line) ?? [];
	return state === listens ? [{address: addressOf(address), port: Number.parseInt(port, 16)}] : [];
}

/** Words of 32 bits in the order of the CPU, whose bytes are in the order of the network. */
function addressOf(hex: string): string {
	const bytes = Buffer.from(hex, 'hex').swap32();
	if (bytes.length === 4) return bytes.join('.');
	const groups = Array.from({length: 8}, (_, index) => bytes.readUInt16BE(2 * index).toString(16));
	return new SocketAddress({address: groups.join(':'), family: 'ipv6'}).address;
}
