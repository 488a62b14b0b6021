/** Metadata of snapshots through virsh, which prints one name a line: a name may hold newlines (verified on libvirt 9.0). */
import {orNull, type SnapshotRecords} from '../reader.ts';

/** A question as virsh takes it, without the leading `virsh`; its answer rejects where virsh prints an error. */
export type AskVirsh = (...question: readonly string[]) => Promise<string>;

type Dump = {readonly name: string; readonly xml: string | null};

/** A line that is no snapshot's name is tried together with its neighbours. */
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
	const dumps = await Promise.all(lines.map(dump));
	const joined = await Promise.all(failedRuns(dumps).map(run => joinLines(dump, run)));
	const found = [...dumps, ...joined.flatMap(run => run.dumps)];
	return {
		records: found.flatMap(({name, xml}) => (xml === null ? [] : [{name, xml}])),
		problems: joined.flatMap(({problems}) => problems),
	};
}

/** Neighbouring lines that libvirt knows no snapshot by. */
function failedRuns(dumps: readonly Dump[]): string[][] {
	const runs: string[][] = [];
	for (const [index, {name, xml}] of dumps.entries()) {
		if (xml !== null) continue;
		if (index > 0 && dumps[index - 1]!.xml === null) runs.at(-1)!.push(name);
		else runs.push([name]);
	}

	return runs;
}

/** Names of more lines than this are reported rather than searched for. */
const longestRun = 12;

async function joinLines(dump: (name: string) => Promise<Dump>, words: readonly string[]) {
	// A single line that is no name: the snapshot was deleted between the two questions.
	if (words.length === 1) return {dumps: [], problems: []};
	const candidates = words.length > longestRun ? [] : spans(words);
	const answers = await Promise.all(candidates.map(async span => ({...span, ...(await dump(span.name))})));
	const known = answers.filter(({xml}) => xml !== null);
	const covered = new Set(known.flatMap(({start, end}) => range(start, end)));
	const lost = words.filter((_, index) => !covered.has(index));
	return {
		dumps: known,
		problems: lost.map(line => `libvirt lists a snapshot that it does not know by its name: ${line}`),
	};
}

/** All ways to join two or more neighbours with the newline that stood between them. */
function spans(words: readonly string[]): {name: string; start: number; end: number}[] {
	return range(0, words.length).flatMap(start =>
		range(start + 2, words.length + 1).map(end => ({name: words.slice(start, end).join('\n'), start, end})),
	);
}

function range(start: number, end: number): number[] {
	return Array.from({length: Math.max(0, end - start)}, (_, index) => start + index);
}
