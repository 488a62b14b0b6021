/** What a word may become: from the table of commands, or read from libvirt and from the receipts, within a time limit. */

import type {Command, Completes} from '../command.ts';
import type {Context} from '../context.ts';
import type {Candidate, Wanted} from './line.ts';
import {disks, domains, receipts, tags} from './names.ts';

/** How many of the @ in a word are tried: each asks libvirt. */
const mostSplits = 3;

/** What Tab offers for one kind of word. */
export async function candidatesFor(
	context: Context,
	commands: readonly Command[],
	completes: Completes,
	{domain, current, prefix}: Wanted,
): Promise<readonly Candidate[]> {
	if (typeof completes === 'object') return completes.map(text => ({text, help: ''}));
	switch (completes) {
		case 'command':
			return commands.filter(({hidden}) => !hidden).map(({name, summary}) => ({text: name, help: summary}));
		case 'domain':
			return domains(context, current);
		case 'tag':
			return domain === null ? [] : tags(context, domain);
		case 'domain@tag':
			return tagsBehind(context, current);
		case 'disks':
			return domain === null ? [] : listed(await disks(context, domain), current.slice(prefix.length));
		case 'disk=file':
			return domain === null ? [] : (await disks(context, domain)).map(one => ({...one, text: `${one.text}=`}));
		case 'receipt':
			return receipts(context);
		default:
			// The shell itself knows its files.
			return [];
	}
}

/** The domain's own name may hold an @, and so may the tag: each that can be the one between them is tried. */
async function tagsBehind(context: Context, word: string): Promise<readonly Candidate[]> {
	const before = [...word.matchAll(/@/g)].map(({index}) => word.slice(0, index)).filter(domain => domain !== '');
	const found = await Promise.all(
		before.slice(0, mostSplits).map(async domain => {
			const found = await tags(context, domain);
			return found.map(({text, help}) => ({text: `${domain}@${text}`, help}));
		}),
	);
	return found.flat();
}

/** Behind those that are typed before the last comma, each that is not among them. */
function listed(found: readonly Candidate[], typed: string): readonly Candidate[] {
	const before = typed.slice(0, typed.lastIndexOf(',') + 1);
	const given = before.split(',');
	return found.filter(({text}) => !given.includes(text)).map(({text, help}) => ({text: `${before}${text}`, help}));
}
