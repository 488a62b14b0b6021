/** A host more or less in the text of a configuration. All else stays as people wrote it, their comments above all. */
import {isDeepStrictEqual} from 'node:util';
import {parse} from 'smol-toml';
import type {NamedHost} from '../core/model/hypervisor.ts';
import {tablesIn} from './tables.ts';

/** The text is valid and has no such host. */
export function withHost(text: string, {name, uri}: NamedHost): string {
	const gap = text === '' ? '' : /\n\r?\n$/.test(text) ? '' : /\n$/.test(text) ? '\n' : '\n\n';
	const after = `${text}${gap}[hosts.${keyOf(name)}]\nconnection = ${JSON.stringify(uri)}\n`;
	const hosts = {...(parse(text).hosts as object | undefined), [name]: {connection: uri}};
	return checked(after, {...parse(text), hosts})!;
}

/** Null where the host is not a table of its own: whoever wrote it otherwise takes it out himself. Comments inside of it stay. */
export function withoutHost(text: string, name: string): string | null {
	const lines = text.split('\n');
	const table = tablesIn(lines).find(({path}) => isDeepStrictEqual(path, ['hosts', name]));
	if (table === undefined) return null;
	const [before, inside, behind] = [
		lines.slice(0, table.start),
		lines.slice(table.start, table.end),
		lines.slice(table.end),
	];
	const last = inside.findLastIndex(line => !/^\s*(#|$)/.test(line));
	const kept = [...inside.slice(0, last + 1).filter(line => /^\s*#/.test(line)), ...inside.slice(last + 1)];
	// The empty line before it goes with it.
	if (kept.every(line => line.trim() === '') && before.at(-1)?.trim() === '') before.pop();
	const {hosts, ...others} = parse(text);
	const {[name]: _, ...left} = hosts as Record<string, unknown>;
	const without = [...before, ...kept, ...behind].join('\n');
	return checked(without, {...others, hosts: left});
}

const keyOf = (name: string): string => (/^[\w-]+$/.test(name) ? name : JSON.stringify(name));

/** Only what means just this. */
function checked(text: string, meaning: {readonly hosts: object}): string | null {
	try {
		const {hosts = {}, ...others} = parse(text);
		return isDeepStrictEqual(plain({...others, hosts}), plain(meaning)) ? text : null;
	} catch {
		return null;
	}
}

/** Tables of the parser have no prototype that others have. */
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));
