/** `virsnap list` over several hosts. */
import {printable, t} from '../../core/words/text.ts';
import {readInventory} from '../connection.ts';
import {type Context, Exit, type ExitStatus, print, printJson, say} from '../context.ts';
import {listDocument} from '../show/documents.ts';
import {domainCells, domainHeadings, problems} from '../show/domain-table.ts';
import {table} from '../show/table.ts';
import {answersOf, askHosts, type FromHosts, sayUnreached, unreachedOf} from './ask-hosts.ts';

/** What is known of those that answer is told; the status says whether all did. */
export async function listAll(context: Context, json: boolean): Promise<ExitStatus> {
	const asked = await askHosts(context, hypervisor => readInventory(hypervisor));
	if (json) printJson(context, {hosts: asked.map(entryOf)});
	else {
		const read = answersOf(asked);
		const rows = read.flatMap(({host, value}) =>
			value.domains.map(domain => [printable(host.name), ...domainCells(domain)]),
		);
		print(context, table(['Host', ...domainHeadings], rows));
		for (const {host, value} of read)
			for (const line of problems(value.domains)) say(context, t`On ${host.name}: ${line.replace(/^virsnap: /, '')}`);
		sayUnreached(context, asked);
	}

	return unreachedOf(asked).length === 0 ? Exit.ok : Exit.noConnection;
}

/** `domains` is null where the host was not reached: an empty list would say that it has none. */
function entryOf(one: FromHosts<Parameters<typeof listDocument>[0]>[number]) {
	if ('value' in one) return {name: one.host.name, ...listDocument(one.value), failure: null};
	const {name, uri, reason, remedy} = one.unreached;
	return {name, connection: {uri, libvirt: null, qemu: null}, domains: null, failure: {reason, remedy}};
}
