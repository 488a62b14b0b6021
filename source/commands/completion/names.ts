/** Names that libvirt and the receipts have, within a time limit: of one host as they are, of several such that they tell the host. */
import type {Name, NamedHost, NamesOf} from '../../core/model/hypervisor.ts';
import type {Context} from '../context.ts';
import {splitHost} from '../hosts/host-names.ts';
import type {Candidate} from './line.ts';

/** A slow libvirt completes nothing rather than hold the shell; ssh to another host takes a second of its own. */
const limitMilliseconds = {here: 1000, there: 3000};

type Found = Candidate & {readonly host: NamedHost};

/** The name alone where one host has it and none is typed, else HOST/DOMAIN. */
export async function domains(context: Context, current: string): Promise<readonly Candidate[]> {
	const {hosts} = context;
	if (hosts.length < 2) return onHosts(context, hosts, 'domains');
	const typed = splitHost(hosts, current);
	const found = await onHosts(context, typed === null ? hosts : [typed.host], 'domains');
	const having = Map.groupBy(found, ({text}) => text);
	return found.flatMap(({host, text, help}) => {
		const named = {text: `${host.name}/${text}`, help};
		if (typed !== null) return [named];
		const isBegun = current !== '' && host.name.startsWith(current);
		const alone = having.get(text)!.length === 1 ? [{text, help}] : [named];
		return isBegun ? [named, ...alone.filter(one => one.text === text)] : alone;
	});
}

/** @param domain as typed: with the name of its host, or without */
export const tags = (context: Context, domain: string): Promise<readonly Candidate[]> =>
	ofDomain(context, domain, snapshotsOf => ({snapshotsOf}));

/** @param domain as of `tags` */
export const disks = (context: Context, domain: string): Promise<readonly Candidate[]> =>
	ofDomain(context, domain, disksOf => ({disksOf}));

function ofDomain(context: Context, domain: string, of: (domain: string) => NamesOf): Promise<readonly Candidate[]> {
	const typed = context.hosts.length < 2 ? null : splitHost(context.hosts, domain);
	return onHosts(context, typed === null ? context.hosts : [typed.host], of(typed?.word ?? domain));
}

export const receipts = (context: Context): Promise<readonly Candidate[]> =>
	onHosts(context, context.hosts, 'receipts');

async function onHosts(context: Context, hosts: readonly NamedHost[], of: NamesOf): Promise<Found[]> {
	const found = await Promise.all(
		hosts.map(async host => {
			const names = await namesOn({...context, uri: host.uri}, of);
			return names.map(({name, about}) => ({host, text: name, help: about}));
		}),
	);
	return found.flat();
}

/** Nothing where libvirt or the host does not answer, or not in time. */
async function namesOn({adapters, ...place}: Context, of: NamesOf): Promise<readonly Name[]> {
	const late = new AbortController();
	const nothing = new Promise<readonly Name[]>(resolve => {
		late.signal.addEventListener('abort', () => resolve([]), {once: true});
	});
	const limit = place.uri?.includes('+ssh:') ? limitMilliseconds.there : limitMilliseconds.here;
	const timer = setTimeout(() => late.abort(), limit);
	try {
		return await Promise.race([adapters.names(place, of, late.signal), nothing]);
	} catch {
		return [];
	} finally {
		clearTimeout(timer);
	}
}
