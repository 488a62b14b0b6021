/** Of several hosts the one that a command is about: named as HOST/DOMAIN, else the only one that has the domain. */
import type {Domain} from '../../core/model/domain.ts';
import type {Hypervisor, NamedHost} from '../../core/model/hypervisor.ts';
import {type Refusal, refuse} from '../../core/model/refusal.ts';
import {enumerate, plural, shellCommand, t} from '../../core/words/text.ts';
import {domainAtTag} from '../change/domain-at-tag.ts';
import type {Argument, Command} from '../command.ts';
import {findDomain, isRefusal, readInventory} from '../connection.ts';
import {type Context, UsageError} from '../context.ts';
import {answersOf, askHosts, type FromHosts, unreachedOf} from './ask-hosts.ts';
import {splitHost} from './host-names.ts';

type Line = {readonly command: Command; readonly words: readonly string[]};

type OnHost = {readonly context: Context; readonly words: readonly string[]};

/** The context of the host that is meant, and the words without its name; the same as given where the command is about all of them. */
export async function onItsHost(
	context: Context,
	{command, words}: Line,
): Promise<OnHost | {readonly refusal: Refusal}> {
	const inner = command.of?.find(({name}) => name === words[0]);
	const [subject, offset] = inner ? [inner, 1] : [command, 0];
	const index = subject.arguments.findIndex(one => kindOf(one) !== null);
	const word = index < 0 ? undefined : words[index + offset];
	if (word === undefined) return {context: aboutAll(context, subject), words};
	const found = await hostOf(context, word, kindOf(subject.arguments[index]!)!);
	if ('refusal' in found) return found;
	return {context: found.context, words: words.with(index + offset, found.word)};
}

/** Commands that are about one host, and have no word for it. */
function aboutAll(context: Context, command: Command): Context {
	if (command.hosts !== 'one') return context;
	const lines = context.hosts.map(({uri}) =>
		shellCommand(['virsnap', ...(uri === null ? [] : ['-c', uri]), command.name]),
	);
	throw new UsageError(`${command.name} works on one host at a time`, `Name it: ${lines.join(' or ')}`);
}

type Kind = 'domain' | 'domain@tag' | 'file' | 'receipt';

/** What a word stands for that only one host can know. */
function kindOf({completes = []}: Argument): Kind | null {
	if (completes.includes('domain@tag')) return 'domain@tag';
	if (completes.includes('domain')) return completes.includes('file') ? 'file' : 'domain';
	return completes.includes('receipt') ? 'receipt' : null;
}

type Found = {readonly context: Context; readonly word: string} | {readonly refusal: Refusal};

async function hostOf(context: Context, word: string, kind: Kind): Promise<Found> {
	const named = splitHost(context.hosts, word);
	if (named) return {context: alone(context, named.host), word: named.word};
	if (kind !== 'receipt' && word.includes('/')) return {refusal: noSuchHost(context, word, kind)};
	return kind === 'receipt' ? searched(context, word, receiptThere) : searched(context, word, domainThere(kind));
}

/** Only this host was given, as it were; but what is told names it. */
const alone = (context: Context, host: NamedHost): Context => ({
	...context,
	uri: host.uri,
	hosts: [host],
	host: host.name,
});

function noSuchHost({hosts}: Context, word: string, kind: Kind): Refusal {
	const names = hosts.map(({name}) => name);
	if (kind === 'file')
		return refuse(
			'ambiguous-name',
			t`It is not said on which host ${word} is.`,
			t`Put the host before it: ${names.map(name => `${name}/${word}`).join(' or ')}`,
		);
	return refuse('not-found', t`No host is called ${word.slice(0, word.indexOf('/'))}.`, t`Hosts: ${enumerate(names)}.`);
}

type There = (hypervisor: Hypervisor, word: string) => Promise<boolean>;

const receiptThere: There = async (hypervisor, id) => (await hypervisor.receipts()).some(receipt => receipt.id === id);

/** Where the name is ambiguous on one host, that host has it: the command itself will say so. */
const domainThere =
	(kind: Kind): There =>
	async (hypervisor, word) => {
		const {domains} = await readInventory(hypervisor);
		const found: Domain | Refusal = findDomain(domains, word);
		if (!isRefusal(found) || found.code !== 'not-found') return true;
		if (kind !== 'domain@tag') return false;
		const split = domainAtTag(domains, word);
		return !('code' in split) || split.code !== 'not-found';
	};

async function searched(context: Context, word: string, isThere: There): Promise<Found> {
	const asked = await askHosts(context, hypervisor => isThere(hypervisor, word));
	const having = answersOf(asked).flatMap(({host, value}) => (value ? [host] : []));
	const refusal = unclear(context, word, having, asked);
	return refusal === null ? {context: alone(context, having[0]!), word} : {refusal};
}

/** Null where it is on one host, and surely on no other. */
function unclear(
	{hosts}: Context,
	word: string,
	having: readonly NamedHost[],
	asked: FromHosts<boolean>,
): Refusal | null {
	const names = having.map(({name}) => name);
	const unread = unreachedOf(asked);
	const notAsked = enumerate(unread.map(({name, reason}) => t`${name} (${reason})`));
	if (having.length === 0) {
		const but = unread.length === 0 ? '' : ` Not asked: ${notAsked}.`;
		const read = hosts.filter(({name}) => unread.every(one => one.name !== name)).map(({name}) => name);
		const where =
			read.length === 0
				? 'No host was reached'
				: t`${enumerate(read)} ${plural(read.length, 'has', 'have')} no ${word}`;
		return refuse('not-found', `${where}.${but}`, 'See all: virsnap list');
	}
	const remedy = t`Name the host: ${names.map(name => `${name}/${word}`).join(' or ')}`;
	if (having.length > 1) return refuse('ambiguous-name', t`${word} is on ${enumerate(names)}.`, remedy);
	if (unread.length === 0) return null;
	return refuse(
		'ambiguous-name',
		t`${word} is on ${names[0]!}; it is not known whether it is also on ${notAsked}.`,
		remedy,
	);
}
