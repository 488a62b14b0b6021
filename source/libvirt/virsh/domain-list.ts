/** Lists of domains as virsh prints them, read so that no name can be taken for something else. */
import {type DomainState, domainStates} from '../../core/model/domain.ts';

/** A domain as the first screen needs it. */
type DomainHead = {
	readonly uuid: string;
	readonly name: string;
	readonly id: number | null;
	readonly state: DomainState;
};

/** Questions whose answers `parseHeads` wants. They are cheap: asked over and over to notice a change. */
export const headQuestions = {
	// Both columns asked for by name: libvirt 10.7 printed nothing for --uuid alone.
	names: ['list', '--all', '--uuid', '--name'],
	table: ['list', '--all', '--managed-save'],
} as const;

/** Of one line: what JavaScript takes for an end of line besides (U+2028 and others) may stand in a name. */
const uuidLine = /^\s*([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(?: +(.*?))? *$/s;

function uuidLines(list: string): RegExpExecArray[] {
	return list.split('\n').flatMap(line => {
		const match = uuidLine.exec(line);
		return match ? [match] : [];
	});
}

/** UUIDs of a `virsh list --uuid`, with or without further columns. A domain's name cannot hold a newline: libvirt refuses it. */
export function parseUuids(list: string): string[] {
	return uuidLines(list).map(([, uuid]) => uuid!);
}

/**
 * Join the two lists of `headQuestions`: virsh sorts both alike. Where the table does not fit (a domain came or went in between,
 * another layout), the state is `no state`, and the id is not known, until the domain itself has been asked.
 */
export function parseHeads(names: string, table: string): DomainHead[] {
	const rows = table.split('\n').filter(row => row.trim() !== '');
	const heads = uuidLines(names);
	return heads.map(([, uuid, name = ''], index) => {
		const row = heads.length === rows.length ? rows[index]! : '';
		const state = domainStates.find(word => row.endsWith(` ${word}`));
		if (!state || !row.includes(` ${name} `)) return {uuid: uuid!, name, id: null, state: 'no state'};
		const id = /^ *(\d+) /.exec(row)?.[1];
		return {uuid: uuid!, name, id: id === undefined ? null : Number(id), state};
	});
}

/** The word of `virsh domstate`; a shut-off domain with a managed save is `saved`, as in `virsh list --managed-save`. */
export function parseState(domstate: string, managedSave: boolean): DomainState {
	const word = domainStates.find(state => state === domstate.trim()) ?? 'no state';
	return word === 'shut off' && managedSave ? 'saved' : word;
}
