/** `virsnap open DOMAIN TAG`: a look inside a snapshot, while the domain goes on. */
import type {Domain} from '../../core/model/domain.ts';
import type {Hypervisor, Served} from '../../core/model/hypervisor.ts';
import type {Refusal} from '../../core/model/refusal.ts';
import type {Snapshot} from '../../core/model/snapshot.ts';
import {type Export, exportsOf, exportUri, waysIn} from '../../core/snapshots/contents/exports.ts';
import {findSnapshot} from '../../core/snapshots/tag.ts';
import {remedyOf} from '../../core/words/foreseen-error.ts';
import {asCommands} from '../../core/words/remedy.ts';
import {printable, t} from '../../core/words/text.ts';
import {readAnswer} from '../change/ask.ts';
import {command} from '../command.ts';
import {findDomain, isRefusal, readInventory, withHypervisor} from '../connection.ts';
import {type Context, Exit, type ExitStatus, onHost, print, printJson, say} from '../context.ts';
import {sayRefused} from './refuse.ts';
import {table} from './table.ts';

export const openCommand = command({
	name: 'open',
	summary: 'offer the disks of a snapshot for reading, to get files out of it',
	description: [
		'Each disk is served by qemu-nbd on a socket that only you can use, read only, until you close it. The domain may run on meanwhile.',
		'If the guest was running then, its file systems were not unmounted: mount them without replaying the journal (noload, norecovery).',
		'If anybody deletes the snapshot meanwhile, serving ends: do not trust what was copied last.',
	],
	arguments: [
		{name: 'DOMAIN', help: 'name, UUID or id of the domain', completes: ['domain']},
		{name: 'TAG', help: 'the snapshot', completes: ['tag']},
	],
	options: {
		disk: {help: 'only this disk, such as vda; default: all', value: 'TARGET'},
		json: {help: 'print one JSON document, then serve until ended by a signal'},
	},
	examples: [
		{line: 'open web before', does: 'Serve the disks of web as they were, and say how to get at files.'},
		{line: 'open web before --disk vdb --json', does: 'One disk, for scripts: its URI as JSON, served until SIGTERM.'},
	],
	async run(context, {words: [name = '', tag = ''], options}) {
		return withHypervisor(context, async (hypervisor, there) => {
			const found = await find(hypervisor, name, tag, options.disk ?? null);
			if ('refusal' in found) return sayRefused(there, found.refusal, options.json === true);
			for (const warning of found.warnings) say(context, warning);
			const served = await hypervisor.serve(found.exports);
			try {
				if (options.json) printJson(context, {...onHost(context), ...documentOf(found, served)});
				else print(context, told(found, served));
				return await untilClosed(there, served, options.json === true);
			} finally {
				await served.close();
			}
		});
	},
});

type Found = {
	readonly domain: Domain;
	readonly snapshot: Snapshot;
	readonly exports: readonly Export[];
	readonly warnings: readonly string[];
};

async function find(
	hypervisor: Hypervisor,
	name: string,
	tag: string,
	target: string | null,
): Promise<Found | {readonly refusal: Refusal}> {
	const {domains} = await readInventory(hypervisor);
	const domain = findDomain(domains, name);
	if (isRefusal(domain)) return {refusal: domain};
	const facts = await hypervisor.facts(domain.uuid);
	const snapshot = findSnapshot(facts.domain, tag);
	if ('refusal' in snapshot) return snapshot;
	const found = exportsOf(facts, snapshot, target);
	return 'refusal' in found ? found : {domain: facts.domain, snapshot, ...found};
}

async function untilClosed(context: Context, served: Served, quiet: boolean): Promise<ExitStatus> {
	const {stdin, stderr} = context.io;
	const asks = !quiet && stdin.isTTY && stderr.isTTY;
	const closed = asks
		? readAnswer(stdin, stderr, 'Press Enter to close. ')
		: Promise.resolve(say(context, 'Serving until it is ended (Ctrl-C, SIGTERM).')).then(() => new Promise(() => {}));
	const failure = await Promise.race([served.ended, closed.then(() => null), context.adapters.toldToEnd()]);
	if (!failure) return Exit.ok;
	const next = remedyOf(failure);
	say(context, t`A disk is not served any more: ${failure.message}`);
	if (next !== null) say(context, asCommands(next, context));
	return Exit.failed;
}

/** `open --json`. */
function documentOf({domain, snapshot, exports}: Found, {sockets}: Served) {
	return {
		domain: domain.name,
		uuid: domain.uuid,
		tag: snapshot.tag,
		disks: exports.map(({target, file}, index) => {
			const {socket} = sockets[index]!;
			return {target, file, socket, uri: exportUri(socket)};
		}),
	};
}

function told({exports}: Found, {sockets}: Served): string {
	const rows = exports.map(({target, file}, index) => [
		printable(target),
		exportUri(sockets[index]!.socket),
		printable(file),
	]);
	const ways = waysIn(sockets[0]!.socket).flatMap(({what, commands}) => [what, ...commands.map(one => `  ${one}`)]);
	return [table(['DISK', 'URI', 'FROM'], rows), '', ...ways].join('\n');
}
