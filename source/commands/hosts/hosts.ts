/** `virsnap hosts`: each host that was given, and how it is. */
import type {Contact, Hypervisor, NamedHost} from '../../core/model/hypervisor.ts';
import {clockWords} from '../../core/words/clock.ts';
import {printable, t} from '../../core/words/text.ts';
import {command} from '../command.ts';
import {readInventory} from '../connection.ts';
import {type Context, Exit, print, printJson} from '../context.ts';
import {table} from '../show/table.ts';
import {askHosts, type FromHosts, sayUnreached, unreachedOf} from './ask-hosts.ts';

/** Longer than that, and a person waits. */
const slowMs = 1000;

type Known = {
	readonly libvirt: string;
	readonly qemu: string;
	readonly domains: number;
	/** The virsnap that works there; null: there is none. */
	readonly virsnap: string | null;
	readonly contact: Contact | null;
};

export const hostsCommand = command({
	name: 'hosts',
	summary: 'show the hosts, and how each can be reached',
	description: [
		'Each -c URI is a host. All are asked at once; the status is 4 where one could not be reached.',
		'virsnap on a host does the work there. Without it libvirt is asked over its own connection, and images are not read.',
	],
	arguments: [],
	options: {json: {help: 'print one JSON document'}},
	hosts: 'all',
	examples: [
		{
			line: '-c qemu+ssh://root@h1/system -c qemu+ssh://root@h2/system hosts',
			does: 'Show state, versions, latency and clock of two hosts.',
		},
		{line: 'hosts --json', does: 'The same for the default host, for scripts.'},
	],
	async run(context, {options}) {
		const asked = await askHosts(context, (hypervisor, host) => read(context, hypervisor, host));
		if (options.json) printJson(context, {hosts: asked.map(entryOf)});
		else {
			print(context, hostTable(asked));
			for (const line of notes(asked)) print(context, line);
			sayUnreached(context, asked);
		}

		return unreachedOf(asked).length === 0 ? Exit.ok : Exit.noConnection;
	},
});

async function read({adapters}: Context, hypervisor: Hypervisor, _: NamedHost): Promise<Known> {
	const {host, domains} = await readInventory(hypervisor);
	const contact = await hypervisor.contact();
	const isHere = contact === null && host.elsewhere === null;
	const virsnap = contact !== null || isHere ? adapters.version : null;
	return {libvirt: host.libvirt, qemu: host.qemu, domains: domains.length, virsnap, contact};
}

type One = FromHosts<Known>[number];

function stateOf(one: One): 'connected' | 'slow' | 'lost' | 'refused' {
	if ('unreached' in one) return one.unreached.refused ? 'refused' : 'lost';
	return (one.value.contact?.milliseconds ?? 0) > slowMs ? 'slow' : 'connected';
}

/** `hosts --json`. Milliseconds; null where it is not known, or the host is this machine. */
function entryOf(one: One) {
	if ('unreached' in one) {
		const {name, uri, reason, remedy} = one.unreached;
		const unknown = {libvirt: null, qemu: null, virsnap: null, domains: null, latencyMs: null, clockAheadMs: null};
		return {name, uri, state: stateOf(one), ...unknown, reason, remedy};
	}

	const {host, value} = one;
	const {libvirt, qemu, virsnap, domains, contact} = value;
	return {
		name: host.name,
		uri: host.uri,
		state: stateOf(one),
		libvirt,
		qemu,
		virsnap,
		domains,
		latencyMs: contact && Math.round(contact.milliseconds * 10) / 10,
		clockAheadMs: contact && Math.round(contact.ahead),
		reason: null,
		remedy: null,
	};
}

function hostTable(asked: FromHosts<Known>): string {
	const rows = asked.map(one => {
		if ('unreached' in one) return [printable(one.unreached.name), stateOf(one), '-', '-', '-', '-', '-', '-'];
		const {libvirt, qemu, virsnap, domains, contact} = one.value;
		return [
			printable(one.host.name),
			stateOf(one),
			printable(libvirt),
			printable(qemu),
			virsnap ?? 'none',
			String(domains),
			contact === null ? '-' : `${contact.milliseconds.toFixed(contact.milliseconds < 10 ? 1 : 0)} ms`,
			contact === null ? '-' : (clockWords(contact) ?? 'same'),
		];
	});
	return table(['HOST', 'STATE', 'LIBVIRT', 'QEMU', 'VIRSNAP', 'DOMAINS', 'LATENCY', 'CLOCK'], rows);
}

function notes(asked: FromHosts<Known>): string[] {
	return asked.flatMap(one => {
		if ('unreached' in one) return [];
		const {virsnap, contact} = one.value;
		const clock = contact && clockWords(contact);
		return [
			...(clock === null
				? []
				: [t`The clock of ${one.host.name} is ${clock}. Dates and expiry there go by its clock.`]),
			...(virsnap === null
				? [t`${one.host.name} has no virsnap: its images are not read. Install virsnap there.`]
				: []),
		];
	});
}
