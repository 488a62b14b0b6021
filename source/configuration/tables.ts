/** Where things stand in the text of a configuration: TOML tells its values, not their lines. */
import {parse, TomlError, type TomlTable} from 'smol-toml';

export type Table = {
	/** `['hosts', 'h1']` of `[hosts.h1]`; empty for what stands before the first heading. */
	readonly path: readonly string[];
	/** Index of its heading among the lines, and of the line behind its last one. */
	readonly start: number;
	readonly end: number;
};

/** In the order of the text, which is valid TOML. Arrays of tables (`[[…]]`) end a table and are none. */
export function tablesIn(lines: readonly string[]): readonly Table[] {
	const headings = lines.flatMap((line, index) => (isHeading(lines, line, index) ? [index] : []));
	const starts = [
		{path: [] as readonly string[], start: 0},
		...headings.map(start => ({path: pathOf(lines[start]!), start})),
	];
	return starts
		.map(({path, start}, index) => ({path, start, end: starts[index + 1]?.start ?? lines.length}))
		.filter(({path, start}) => start === 0 || path.length > 0);
}

/** A line inside a text of several lines may look like one: what stands before it is no whole document then. */
const isHeading = (lines: readonly string[], line: string, index: number): boolean =>
	/^\s*\[/.test(line) && parsed(lines.slice(0, index).join('\n')) !== null && parsed(line) !== null;

function pathOf(heading: string): readonly string[] {
	if (/^\s*\[\[/.test(heading)) return [];
	const path: string[] = [];
	let table = parsed(heading) ?? {};
	for (let key = Object.keys(table)[0]; key !== undefined; key = Object.keys(table)[0]) {
		path.push(key);
		table = table[key] as TomlTable;
	}
	return path;
}

function parsed(text: string): TomlTable | null {
	try {
		return parse(text);
	} catch (error) {
		if (error instanceof TomlError) return null;
		throw error;
	}
}

/** Line and column, from 1, of a key, else of its table, else of the beginning. */
export function positionOf(text: string, path: readonly string[]): {readonly line: number; readonly column: number} {
	const lines = text.split(/\r?\n/);
	const tables = tablesIn(lines);
	const [table, key] = [path.slice(0, -1), path.at(-1)!];
	const holder = tables.find(one => one.path.join('\0') === table.join('\0'));
	const isKey = (line: string) => Object.keys(parsed(line.replace(/^(\s*[^=[]+=).*/, '$1 0')) ?? {})[0] === key;
	const within = holder ? lines.slice(holder.start, holder.end).findIndex(isKey) : -1;
	const heading = tables.find(one => path.every((part, index) => one.path[index] === part)) ?? holder;
	const index = within >= 0 ? holder!.start + within : (heading?.start ?? 0);
	return {line: index + 1, column: (lines[index] ?? '').search(/\S|$/) + 1};
}
