/** Metadata of snapshots through virsh, which prints one name a line: a name may hold newlines (verified on libvirt 9.0). */
import {orNull, type SnapshotRecords} from '../reader.ts';
import type {AskVirsh} from './ask-together.ts';

type Dump = {readonly name: string; readonly xml: string | null};

/** A line that is no snapshot's name, or comes twice, is tried together with its neighbours. */
export async function recordsOf(
	virsh: AskVirsh,
	uuid: string,
	lines: readonly string[],
	secure: boolean,
): Promise<SnapshotRecords> {
	const dump = async (name: string): Promise<Dump> => {
		const flags = secure ? ['--security-info'] : [];
		const xml = await orNull(virsh('snapshot-dumpxml', `--domain=${uuid}`, `--snapshotname=${name}`, ...flags));
		return {name, xml};
	};
	const single = await Promise.all([...new Set(lines)].map(dump));
	const known = new Set(single.flatMap(({name, xml}) => (xml === null ? [] : [name])));
	// A name is listed once: another time it is a line of another name.
	const doubtful = lines.map(line => !known.has(line) || lines.indexOf(line) < lines.lastIndexOf(line));
	const joined = await Promise.all([...new Set(spansOver(lines, doubtful))].map(dump));
	const found = [...single, ...joined].filter((one): one is Dump & {xml: string} => one.xml !== null);
	return {records: found, problems: problemsOf(lines, known, found)};
}

/** Names of more lines than this are reported rather than searched for. */
const mostLines = 12;

/** All ways to join two or more neighbours, a doubtful one among them, with the newline that stood between them. */
function spansOver(lines: readonly string[], doubtful: readonly boolean[]): string[] {
	return range(0, lines.length).flatMap(start =>
		range(start + 2, Math.min(start + mostLines, lines.length) + 1)
			.filter(end => doubtful.slice(start, end).includes(true))
			.map(end => lines.slice(start, end).join('\n')),
	);
}

/** Lines of no name. One alone is of a snapshot that was deleted between the two questions. */
function problemsOf(lines: readonly string[], known: ReadonlySet<string>, found: readonly Dump[]): string[] {
	const covered = new Set(found.flatMap(({name}) => name.split('\n')));
	const lost = lines.map(line => !known.has(line) && !covered.has(line));
	return lines
		.filter((_, index) => lost[index] && (lost[index - 1] || lost[index + 1]))
		.map(line => `libvirt lists a snapshot that it does not know by its name: ${line}`);
}

function range(start: number, end: number): number[] {
	return Array.from({length: Math.max(0, end - start)}, (_, index) => start + index);
}
