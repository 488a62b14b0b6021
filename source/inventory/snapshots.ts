/** libvirt's snapshots of domains: names first, then each one's metadata. */
import type {LibvirtSnapshot} from '../core/model/snapshot.ts';
import {parseSnapshotXml} from '../libvirt/snapshot-xml.ts';
import {type Answer, ask, type Libvirt} from '../libvirt/virsh/ask.ts';

/** What `snapshot-list --name` and `snapshot-current --name` said of one domain. */
export type Names = {readonly uuid: string; readonly list: string; readonly current: string | null};

export type DomainSnapshots = {
	readonly snapshots: readonly LibvirtSnapshot[];
	/** Metadata by name, as libvirt wrote it. */
	readonly xml: Readonly<Record<string, string>>;
	readonly problems: readonly string[];
};

function dumpQuestion(uuid: string, name: string, secure: boolean): string[] {
	return ['snapshot-dumpxml', `--domain=${uuid}`, `--snapshotname=${name}`, ...(secure ? ['--security-info'] : [])];
}

/**
 * Read the metadata of all snapshots of some domains, in one go.
 *
 * virsh prints one name a line, and a name may hold newlines (verified on libvirt 9.0). A line that is no snapshot's name is
 * therefore tried together with its neighbours. `secure` keeps passwords in the metadata, which is needed to write it back.
 */
export async function readSnapshots(
	libvirt: Libvirt,
	domains: readonly Names[],
	secure = false,
): Promise<Map<string, DomainSnapshots>> {
	const lines = domains.map(domain => domain.list.split('\n').filter(line => line !== ''));
	const questions = domains.flatMap((domain, index) =>
		lines[index]!.map(name => dumpQuestion(domain.uuid, name, secure)),
	);
	const answers = await ask(libvirt, questions);
	const result = new Map<string, DomainSnapshots>();
	let at = 0;
	for (const [index, domain] of domains.entries()) {
		const names = lines[index]!;
		const dumps = names.map((name, offset) => ({name, answer: answers[at + offset]!}));
		at += names.length;
		result.set(domain.uuid, await withBrokenNames(libvirt, domain, dumps, secure));
	}

	return result;
}

type Dump = {readonly name: string; readonly answer: Answer};

async function withBrokenNames(
	libvirt: Libvirt,
	domain: Names,
	dumps: readonly Dump[],
	secure: boolean,
): Promise<DomainSnapshots> {
	const runs = failedRuns(dumps);
	const joined = await Promise.all(runs.map(run => joinLines(libvirt, domain.uuid, run, secure)));
	const found = [...dumps.filter(({answer}) => !answer.failed), ...joined.flatMap(({dumps}) => dumps)];
	const parsed = found.map(dump => parse(dump, domain.current));
	return {
		snapshots: parsed.flatMap(({snapshot}) => (snapshot ? [snapshot] : [])),
		xml: Object.fromEntries(found.map(({name, answer}) => [name, answer.stdout])),
		problems: [
			...joined.flatMap(({problems}) => problems),
			...parsed.flatMap(({problem}) => (problem ? [problem] : [])),
		],
	};
}

/** libvirt drops control characters from XML, so the name that was asked for is the true one. */
function parse({name, answer}: Dump, current: string | null): {snapshot?: LibvirtSnapshot; problem?: string} {
	try {
		return {snapshot: {...parseSnapshotXml(answer.stdout), name, current: name === current}};
	} catch (error) {
		return {problem: `snapshot ${name}: ${(error as Error).message}`};
	}
}

/** Neighbouring lines that libvirt knows no snapshot by. */
function failedRuns(dumps: readonly Dump[]): Dump[][] {
	const runs: Dump[][] = [];
	for (const [index, dump] of dumps.entries()) {
		if (!dump.answer.failed) continue;
		if (index > 0 && dumps[index - 1]!.answer.failed) runs.at(-1)!.push(dump);
		else runs.push([dump]);
	}

	return runs;
}

/** Names of more lines than this are reported rather than searched for. */
const longestRun = 12;

async function joinLines(
	libvirt: Libvirt,
	uuid: string,
	run: readonly Dump[],
	secure: boolean,
): Promise<{dumps: Dump[]; problems: string[]}> {
	// A single line that is no name: the snapshot was deleted between the two questions.
	if (run.length === 1) return {dumps: [], problems: []};
	const words = run.map(({name}) => name);
	const candidates = run.length > longestRun ? [] : spans(words);
	const answers = await ask(
		libvirt,
		candidates.map(({name}) => dumpQuestion(uuid, name, secure)),
	);
	const known = candidates
		.map((span, index) => ({...span, answer: answers[index]!}))
		.filter(({answer}) => !answer.failed);
	const covered = new Set(known.flatMap(({start, end}) => range(start, end)));
	const lost = words.filter((_, index) => !covered.has(index));
	return {
		dumps: known.map(({name, answer}) => ({name, answer})),
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
