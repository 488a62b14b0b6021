/** `virsnap hosts`: each host that was given, and how it is. */
import {clockWords} from '../../core/words/clock.ts';
import {formatBytes, printable, t} from '../../core/words/text.ts';
import {command} from '../command.ts';
import {type Context, Exit, type ExitStatus, print, printJson, UsageError} from '../context.ts';
import {table} from '../show/table.ts';
import {addHost} from './add-host.ts';
import {askHosts, type FromHosts, sayUnreached, type Unreached, unreachedOf} from './ask-hosts.ts';
import {type KnownHost, readKnown} from './known.ts';
import {removeHost} from './remove-host.ts';

/** Longer than that, and a person waits. */
const slowMs = 1000;

export const hostsCommand = command({
	name: 'hosts',
	summary: 'show the hosts and how each can be reached; add one to the configuration, or remove it',
	description: [
		'Hosts are those of each -c, else those of the configuration. All are asked at once; the status is 4 where one could not be reached.',
		'The configuration is virsnap/config.toml in $XDG_CONFIG_HOME (~/.config), else /etc/virsnap/config.toml. A host is added once it answers.',
		'add offers to put virsnap there, where it is missing or another version: into ~/.local/share/virsnap/agent, without root; --clean removes it.',
		'virsnap on a host does the work there. Without it libvirt is asked over its own connection, and images are not read.',
	],
	arguments: [
		{
			name: 'add | remove',
			help: 'change the configuration; default: show the hosts',
			optional: true,
			completes: [['add', 'remove']],
		},
		{name: 'HOST', help: 'add: as ssh has it, [USER@]HOST[:PORT], or a URI; remove: its name', optional: true},
	],
	options: {
		name: {help: 'add: what the host is called; default: as ssh calls it', value: 'NAME'},
		'no-install': {help: 'add: do not put virsnap there'},
		yes: {help: 'add: put virsnap there without asking'},
		clean: {help: 'remove: also the virsnap that was put there'},
		json: {help: 'print the hosts as one JSON document'},
	},
	hosts: 'all',
	examples: [
		{
			line: '-c qemu+ssh://root@h1/system -c qemu+ssh://root@h2/system hosts',
			does: 'Show state, versions, free space, latency and clock of two hosts.',
		},
		{line: 'hosts add root@h1', does: 'Look at h1, and add it to the configuration.'},
		{line: 'hosts --json', does: 'How the hosts of the configuration are, for scripts.'},
	],
	async run(context, {words: [verb, host], options}) {
		if (verb === undefined) return show(context, options.json === true);
		if (host === undefined) throw new UsageError(t`hosts ${verb} needs a host`, 'virsnap hosts --help');
		if (verb === 'add') return addHost(context, host, options);
		if (verb === 'remove') return removeHost(context, host, options.clean === true);
		throw new UsageError(t`hosts knows no '${verb}'`, 'virsnap hosts --help');
	},
});

async function show(context: Context, json: boolean): Promise<ExitStatus> {
	const asked = await askHosts(context, hypervisor => readKnown(context, hypervisor));
	const marked = new Set(context.hosts.flatMap(({name, readonly}) => (readonly ? [name] : [])));
	if (json) printJson(context, {hosts: asked.map(entryOf).map(one => ({...one, readonly: marked.has(one.name)}))});
	else {
		print(context, hostTable(asked));
		for (const line of notes(asked)) print(context, line);
		for (const name of marked) print(context, t`${name} is marked readonly: nothing is changed there from here.`);
		sayUnreached(context, asked);
	}

	return unreachedOf(asked).length === 0 ? Exit.ok : Exit.noConnection;
}

type One = FromHosts<KnownHost>[number];

function stateOf(one: One): Unreached['state'] | 'connected' | 'slow' {
	if ('unreached' in one) return one.unreached.state;
	return (one.value.contact?.milliseconds ?? 0) > slowMs ? 'slow' : 'connected';
}

/** `hosts --json`. Milliseconds; null where it is not known, or the host is this machine. */
function entryOf(one: One) {
	if ('unreached' in one) {
		const {name, uri, reason, remedy} = one.unreached;
		const unknown = {libvirt: null, qemu: null, virsnap: null, domains: null, latencyMs: null, clockAheadMs: null};
		return {name, uri, state: stateOf(one), ...unknown, fileSystems: [], reason, remedy};
	}

	const {host, value} = one;
	const {libvirt, qemu, virsnap, domains, contact, fileSystems} = value;
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
		fileSystems,
		reason: null,
		remedy: null,
	};
}

function hostTable(asked: FromHosts<KnownHost>): string {
	const rows = asked.map(one => {
		if ('unreached' in one) return [printable(one.unreached.name), stateOf(one), '-', '-', '-', '-', '-', '-', '-'];
		const {libvirt, qemu, virsnap, domains, contact, fileSystems} = one.value;
		return [
			printable(one.host.name),
			stateOf(one),
			printable(libvirt),
			printable(qemu),
			virsnap ?? 'none',
			String(domains),
			formatBytes(fileSystems[0]?.freeBytes ?? null),
			contact === null ? '-' : `${contact.milliseconds.toFixed(contact.milliseconds < 10 ? 1 : 0)} ms`,
			contact === null ? '-' : (clockWords(contact) ?? 'same'),
		];
	});
	return table(['HOST', 'STATE', 'LIBVIRT', 'QEMU', 'VIRSNAP', 'DOMAINS', 'FREE', 'LATENCY', 'CLOCK'], rows);
}

function notes(asked: FromHosts<KnownHost>): string[] {
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
