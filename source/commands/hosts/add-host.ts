/** `virsnap hosts add`: a host is looked at before it is written into the configuration. */
import type {NamedHost} from '../../core/model/hypervisor.ts';
import {ForeseenError} from '../../core/words/foreseen-error.ts';
import {counted, t} from '../../core/words/text.ts';
import {type Context, Exit, type ExitStatus, print, say, UsageError} from '../context.ts';
import {sayUnreached, unreachedBy} from './ask-hosts.ts';
import {bringVirsnap} from './bring-virsnap.ts';
import {namedHosts} from './host-names.ts';
import {knownOf} from './known.ts';

type Wishes = {readonly name?: string; readonly yes?: true; readonly 'no-install'?: true};

export async function addHost(context: Context, target: string, wishes: Wishes): Promise<ExitStatus> {
	const {name: given} = wishes;
	const uri = uriOf(target);
	const host = {name: given ?? namedHosts([uri])[0]!.name, uri};
	if (!/^[^-/\s][^/\s]*$/.test(host.name))
		throw new UsageError(
			t`${host.name} is no name for a host`,
			'Without a slash, a space, or a dash at its start: --name NAME',
		);
	await refuseTwice(context, host);
	try {
		await bringVirsnap(context, host, wishes);
		await tellHost(context, host);
	} catch (error) {
		if (!(error instanceof ForeseenError)) throw error;
		sayUnreached(context, [{unreached: unreachedBy(error, host)}]);
		say(context, t`${host.name} was not added.`);
		return Exit.noConnection;
	}
	const file = await context.adapters.addHost(host);
	say(context, t`Added ${host.name} to ${file}.`);
	sayOverruled(context);
	return Exit.ok;
}

/** As ssh is told it, or a URI. */
function uriOf(target: string): string {
	if (target.includes('://')) return target;
	if (target === 'localhost') return 'qemu:///system';
	const match = /^(?:([^@/\s]+)@)?(\[[\da-f:.]+\]|[^-@/\s:[\]][^@/\s:[\]]*)(?::(\d+))?$/i.exec(target);
	if (match === null)
		throw new UsageError(t`'${target}' names no host`, 'Give it as ssh has it, [USER@]HOST[:PORT], or as a URI.');
	const [, user, name, port] = match;
	const login = user === undefined ? '' : `${encodeURIComponent(user)}@`;
	return `qemu+ssh://${login}${name}${port === undefined ? '' : `:${port}`}/system`;
}

async function refuseTwice({adapters}: Context, {name, uri}: NamedHost): Promise<void> {
	const {hosts} = await adapters.configuration();
	const same = hosts.find(one => one.uri === uri);
	if (same !== undefined)
		throw new UsageError(t`${uri!} is in the configuration already, as ${same.name}`, 'See all: virsnap hosts');
	const other = hosts.find(one => one.name === name);
	if (other !== undefined)
		throw new UsageError(
			t`The configuration has a host ${name} already: ${other.uri!}`,
			'Give this one another name: --name NAME',
		);
}

async function tellHost(context: Context, host: NamedHost): Promise<void> {
	const {libvirt, qemu, domains, virsnap} = await knownOf({...context, uri: host.uri, hosts: [host], host: null});
	print(
		context,
		t`${host.name}: libvirt ${libvirt}, QEMU ${qemu}, ${counted(domains, 'domain')}, ${virsnap === null ? 'no virsnap' : `virsnap ${virsnap}`}`,
	);
	if (virsnap === null) print(context, 'Without virsnap its images are not read.');
}

/** Who has one of these set would look for the host in vain. */
function sayOverruled({io, ...context}: Context): void {
	const set = ['VIRSH_DEFAULT_CONNECT_URI', 'LIBVIRT_DEFAULT_URI'].find(name => io.env[name]);
	if (set !== undefined)
		say({io, ...context}, `${set} is set, and goes before the configuration: unset it, or give -c NAME.`);
}
