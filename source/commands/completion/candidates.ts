/** What a word may become: from the table of commands, or read from libvirt and from the receipts, within a time limit. */

import type {Name, NamesOf} from '../../core/model/hypervisor.ts';
import type {Command, Completes} from '../command.ts';
import type {Context} from '../context.ts';
import type {Candidate, Wanted} from './line.ts';

/** A slow libvirt completes nothing rather than hold the shell; ssh to another host takes a second of its own. */
const limitMilliseconds = {here: 1000, there: 3000};

/** How many of the @ in a word are tried: each asks libvirt. */
const mostSplits = 3;

/** What Tab offers for one kind of word. */
export async function candidatesFor(
	context: Context,
	commands: readonly Command[],
	completes: Completes,
	{domain, current}: Wanted,
): Promise<readonly Candidate[]> {
	if (typeof completes === 'object') return completes.map(text => ({text, help: ''}));
	switch (completes) {
		case 'command':
			return commands.filter(({hidden}) => !hidden).map(({name, summary}) => ({text: name, help: summary}));
		case 'domain':
			return names(context, 'domains');
		case 'tag':
			return domain === null ? [] : names(context, {snapshotsOf: domain});
		case 'domain@tag':
			return tagsBehind(context, current);
		case 'receipt':
			return names(context, 'receipts');
		default:
			// The shell itself knows its files.
			return [];
	}
}

/** The domain's own name may hold an @, and so may the tag: each that can be the one between them is tried. */
async function tagsBehind(context: Context, word: string): Promise<readonly Candidate[]> {
	const domains = [...word.matchAll(/@/g)].map(({index}) => word.slice(0, index)).filter(domain => domain !== '');
	const found = await Promise.all(
		domains.slice(0, mostSplits).map(async domain => {
			const tags = await names(context, {snapshotsOf: domain});
			return tags.map(({text, help}) => ({text: `${domain}@${text}`, help}));
		}),
	);
	return found.flat();
}

/** Nothing where libvirt or the host does not answer, or not in time. */
async function names({adapters, ...place}: Context, of: NamesOf): Promise<readonly Candidate[]> {
	const late = new AbortController();
	const nothing = new Promise<readonly Name[]>(resolve => {
		late.signal.addEventListener('abort', () => resolve([]), {once: true});
	});
	const limit = place.uri?.includes('+ssh:') ? limitMilliseconds.there : limitMilliseconds.here;
	const timer = setTimeout(() => late.abort(), limit);
	try {
		const found = await Promise.race([adapters.names(place, of, late.signal), nothing]);
		return found.map(({name, about}) => ({text: name, help: about}));
	} catch {
		return [];
	} finally {
		clearTimeout(timer);
	}
}
