/** What a configuration says, and what is wrong in it. */
import {parse, TomlError} from 'smol-toml';
import {type HostColor, hostColors, type NamedHost} from '../core/model/hypervisor.ts';
import {type ColumnName, columnNames} from '../core/snapshots/listed.ts';
import {printable, t} from '../core/words/text.ts';
import {positionOf} from './tables.ts';

type Known = {
	readonly hosts: readonly NamedHost[];
	/** Whether what a guest's screen shows is kept with a snapshot of it. */
	readonly pictures: boolean;
	/** Columns of the snapshots; null: what there is room for. */
	readonly columns: readonly ColumnName[] | null;
	/** What is of no use to anybody, each with its place. */
	readonly unknown: readonly string[];
	/** What has to be put right before it is known which hosts are meant, each with its place. */
	readonly mistakes: readonly string[];
};

/** A name stands before the slash of HOST/DOMAIN. */
export const isHostName = (name: string): boolean => /^[^-/\s][^/\s]*$/.test(name) && printable(name) === name;

/** Never throws: what is no TOML at all is a mistake, too. `file` is named in what is said. */
export function readHosts(text: string, file: string): Known {
	const at = (path: readonly string[]) => {
		const {line, column} = positionOf(text, path);
		return t`${file}:${line}:${column}`;
	};
	let root: Readonly<Record<string, unknown>>;
	try {
		root = parse(text, {maxDepth: 100});
	} catch (error) {
		if (!(error instanceof TomlError)) throw error;
		const [, words = ''] = /^Invalid TOML document: (.*)/.exec(error.message) ?? [];
		const mistakes = [t`${file}:${error.line}:${error.column}: ${words}`];
		return {hosts: [], pictures: false, columns: null, unknown: [], mistakes};
	}

	const {hosts = {}, pictures: asked = false, columns: named, ...others} = root;
	const pictures = asked === true;
	const columns = isColumns(named) ? named : null;
	const unknown = [
		...(typeof asked === 'boolean' ? [] : [`${at(['pictures'])}: pictures is true or false`]),
		...(columns !== null || named === undefined
			? []
			: [`${at(['columns'])}: columns is a list of any of these: ${columnNames.join(', ')}`]),
		...Object.keys(others).map(key => t`${at([key])}: nothing is called ${key} here; known: hosts, pictures, columns`),
	];
	if (!isTable(hosts))
		return {hosts: [], pictures, columns, unknown, mistakes: [`${at(['hosts'])}: hosts are tables: [hosts.NAME]`]};
	const found = Object.entries(hosts).map(([name, value]) => readHost(name, value, at));
	return {
		hosts: found.flatMap(({host}) => host ?? []),
		pictures,
		columns,
		unknown: [...unknown, ...found.flatMap(one => one.unknown)],
		mistakes: found.flatMap(({mistake}) => mistake ?? []),
	};
}

type At = (path: readonly string[]) => string;

type Read = {readonly host: NamedHost | null; readonly unknown: readonly string[]; readonly mistake: string | null};

function readHost(name: string, value: unknown, at: At): Read {
	const place = ['hosts', name];
	const wrong = (path: readonly string[], words: string): Read => ({
		host: null,
		unknown: [],
		mistake: `${at(path)}: ${words}`,
	});
	if (!isHostName(name))
		return wrong(place, t`${name} is no name for a host: no slash, no space, no dash at its start`);
	if (!isTable(value)) return wrong(place, t`a host is a table: [hosts.${name}]`);
	const {connection, readonly, color, ...others} = value;
	if (connection === undefined) return wrong(place, t`${name} has no connection`);
	if (typeof connection !== 'string' || connection === '')
		return wrong([...place, 'connection'], 'connection is a URI: "qemu+ssh://root@h1/system"');
	if (readonly !== undefined && typeof readonly !== 'boolean')
		return wrong([...place, 'readonly'], 'readonly is true or false');
	const known = 'known: connection, readonly, color';
	const unknown = [
		...(color === undefined || isColor(color)
			? []
			: [`${at([...place, 'color'])}: color is one of ${hostColors.join(', ')}`]),
		...Object.keys(others).map(key => t`${at([...place, key])}: a host has no ${key}; ${known}`),
	];
	const host = {name, uri: connection, ...(readonly && {readonly}), ...(isColor(color) && {color})};
	return {host, unknown, mistake: null};
}

const isColor = (value: unknown): value is HostColor => hostColors.some(one => one === value);

const isColumns = (value: unknown): value is ColumnName[] =>
	Array.isArray(value) && value.every(one => columnNames.includes(one));

const isTable = (value: unknown): value is Readonly<Record<string, unknown>> =>
	typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date);
