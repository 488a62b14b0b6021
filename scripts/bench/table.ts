/** What was measured, told while it comes and as a table at the end. */
import os from 'node:os';

export type Unit = 'ms' | 'B' | 'MiB' | '%' | '';
type Row = {
	readonly group: string;
	readonly what: string;
	readonly value: number;
	readonly unit: Unit;
	readonly note?: string;
};

const rows: Row[] = [];

export function record(group: string, what: string, value: number, unit: Unit, note?: string): number {
	rows.push({group, what, value, unit, ...(note ? {note} : {})});
	process.stderr.write(`bench: ${group}: ${what}: ${format(value, unit)}\n`);
	return value;
}

function format(value: number, unit: Unit): string {
	if (unit === 'B' || unit === '') return `${Math.round(value)} ${unit}`.trim();
	return `${value < 10 ? value.toFixed(1) : Math.round(value)} ${unit}`;
}

export function asJson(): string {
	return JSON.stringify({machine: machine(), rows}, null, 2);
}

export function asText(): string {
	const width = Math.max(...rows.map(({what}) => what.length));
	const groups = [...new Set(rows.map(({group}) => group))];
	const line = ({what, value, unit, note}: Row) =>
		`  ${what.padEnd(width)}  ${format(value, unit).padStart(9)}${note ? `   ${note}` : ''}`;
	return [
		machine(),
		...groups.flatMap(group => ['', group, ...rows.filter(row => row.group === group).map(line)]),
	].join('\n');
}

/** As a page of docs/. Of the page before, what stands below the table is kept: it is written by people. */
export function asPage(before: string): string {
	const below = /^## [\s\S]*/m.exec(before)?.[0] ?? '';
	const load = os.loadavg()[0]!.toFixed(1);
	const lines = rows.map(
		({group, what, value, unit, note}) => `| ${group} | ${what} | ${format(value, unit)} | ${note ?? ''} |`,
	);
	return `# Performance

Written by \`npm run bench -- --write\` on ${new Date().toISOString().slice(0, 10)}: ${machine()}. The load of the machine was ${load} at the end;
on a busy one the times are longer, bytes and memory are not.

| where | what | measured | |
| --- | --- | --- | --- |
${lines.join('\n')}
${below === '' ? '' : `\n${below}`}`;
}

function machine(): string {
	const cpus = os.cpus();
	return `${cpus.length} × ${cpus[0]?.model ?? 'unknown'}, Node ${process.version}; medians`;
}
