/** Questions about domains themselves. */
import type {DomainState} from '../../../core/model/domain.ts';
import {type DomainRow, type LibvirtReader, orNull} from '../../reader.ts';
import {procedures} from '../procedures.ts';
import {type AskDaemon, domainByUuid, xmlFlags} from './ask.ts';
import {byState, inOrder, type ListedDomain} from './domain-rows.ts';
import {createMemory} from './memory.ts';
import {stateWords} from './words.ts';

/** virConnectListAllDomainsFlags */
const listFlags = {transient: 8, running: 16, paused: 32, off: 64, managedSave: 256} as const;

/**
 * What the daemon tells of them.
 *
 * @param onList hears of the domains that there are when they have changed
 */
export function wireDomains(
	ask: AskDaemon,
	onList: (uuids: readonly string[]) => void,
): Pick<LibvirtReader, 'domains' | 'state' | 'definition'> {
	// Asked at every look, where nearly always nothing has changed.
	const lists = createMemory(procedures.domains, ({domains: listed}) => listed);
	let last: {readonly lists: readonly unknown[]; readonly rows: readonly DomainRow[]} | null = null;

	const list = async (flags: number) => ask(lists(String(flags), {wanted: 1, flags}), null);

	async function domains(): Promise<readonly DomainRow[]> {
		const {managedSave, transient, running, paused, off} = listFlags;
		const read = await Promise.all([0, managedSave, transient, running, paused, off].map(list));
		if (last && read.every((one, index) => one === last!.lists[index])) return last.rows;
		const {rows, sure} = await rowsOf(ask, read);
		last = sure ? {lists: read, rows} : null;
		onList(rows.map(({uuid}) => uuid));
		return rows;
	}

	return {
		domains,
		state: uuid => stateOf(ask, uuid),
		async definition(uuid, {inactive = false, secure = false} = {}) {
			const flags = (inactive ? xmlFlags.inactive : 0) | (secure ? xmlFlags.secure : 0);
			return (await ask(procedures.domainXml, {domain: domainByUuid(uuid), flags})).xml;
		},
	};
}

async function stateOf(ask: AskDaemon, uuid: string) {
	const answer = await ask(procedures.domainState, {domain: domainByUuid(uuid), flags: 0});
	return stateWords(answer.state, answer.reason);
}

/** `sure`: the lists alone say it, so that the same lists say the same. */
async function rowsOf(
	ask: AskDaemon,
	read: readonly (readonly ListedDomain[])[],
): Promise<{rows: readonly DomainRow[]; sure: boolean}> {
	const [all = [], saved = [], transient = [], running = [], paused = [], off = []] = read;
	const states = byState({running, paused, 'shut off': off});
	const savedOnes = new Set(saved.map(({uuid}) => uuid));
	const transientOnes = new Set(transient.map(({uuid}) => uuid));
	const rows = await Promise.all(
		inOrder(all).map(async ({uuid, name, id}): Promise<DomainRow> => {
			const managedSave = savedOnes.has(uuid);
			const known: DomainState = states.get(uuid) ?? (await orNull(stateOf(ask, uuid)))?.state ?? 'no state';
			const shown = known === 'shut off' && managedSave ? 'saved' : known;
			return {uuid, name, id: id < 0 ? null : id, state: shown, persistent: !transientOnes.has(uuid), managedSave};
		}),
	);
	return {rows, sure: all.every(({uuid}) => states.has(uuid))};
}
