/** What a word may become: from the table of commands, or read from libvirt and from the receipts, within a time limit. */

import type {Name} from '../../core/model/hypervisor.ts';
import type {Command, Completes} from '../command.ts';
import {withHypervisor} from '../connection.ts';
import type {Context} from '../context.ts';
import type {Candidate, Wanted} from './line.ts';

/** A slow host completes nothing rather than hold the shell. */
const limitMilliseconds = 1000;

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
			return names(context, null);
		case 'tag':
			return domain === null ? [] : names(context, domain);
		case 'domain@tag':
			return tagsBehind(context, current);
		case 'receipt':
			return receipts(context);
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
			const tags = await names(context, domain);
			return tags.map(({text, help}) => ({text: `${domain}@${text}`, help}));
		}),
	);
	return found.flat();
}

/** Nothing where libvirt does not answer, or not in time. */
async function names({uri, adapters}: Context, domain: string | null): Promise<readonly Candidate[]> {
	const late = new AbortController();
	const nothing = new Promise<readonly Name[]>(resolve => {
		late.signal.addEventListener('abort', () => resolve([]), {once: true});
	});
	const timer = setTimeout(() => late.abort(), limitMilliseconds);
	try {
		const found = await Promise.race([adapters.names(uri, domain, late.signal), nothing]);
		return found.map(({name, about}) => ({text: name, help: about}));
	} catch {
		return [];
	} finally {
		clearTimeout(timer);
	}
}

function receipts(context: Context): Promise<readonly Candidate[]> {
	return withHypervisor(context, async hypervisor =>
		(await hypervisor.receipts()).map(({id, plan, status}) => ({
			text: id,
			help: `${plan.verb} of ${plan.domain.name}: ${status}`,
		})),
	);
}
