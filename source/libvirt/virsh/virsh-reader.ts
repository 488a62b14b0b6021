/** The port's questions through virsh: slower, but for every URI that virsh knows. */
import {setImmediate as turn} from 'node:timers/promises';
import {CommandError} from '../errors.ts';
import {type DomainJob, type JobProgress, type LibvirtReader, orNull} from '../reader.ts';
import {type Answer, ask, type Libvirt, virshArgv} from './ask.ts';
import {headQuestions, parseHeads, parseState, parseUuids} from './domain-list.ts';
import {concerns, listen} from './events.ts';
import {parseJob} from './job.ts';
import {type AskVirsh, recordsOf} from './snapshot-records.ts';

// biome-ignore lint/complexity/noExcessiveLinesPerFunction: a factory: its functions are short, and share what it holds
export function virshReader(libvirt: Libvirt): LibvirtReader {
	const virsh = collect(libvirt);

	async function domains() {
		const [saved, transient, names, table] = await Promise.all([
			virsh('list', '--all', '--with-managed-save', '--uuid', '--name'),
			virsh('list', '--all', '--transient', '--uuid', '--name'),
			virsh(...headQuestions.names),
			virsh(...headQuestions.table),
		]);
		const savedOnes = new Set(parseUuids(saved));
		const transientOnes = new Set(parseUuids(transient));
		return parseHeads(names, table).map(head => ({
			...head,
			persistent: !transientOnes.has(head.uuid),
			managedSave: savedOnes.has(head.uuid),
		}));
	}

	async function job(uuid: string): Promise<DomainJob | null> {
		const [words, raw] = await Promise.all([
			outcome(virsh('domjobinfo', `--domain=${uuid}`)),
			orNull(virsh('domjobinfo', `--domain=${uuid}`, '--rawstats')),
		]);
		const operation = parseJob(words);
		return operation === null ? null : {operation, progress: progressOf(raw ?? '')};
	}

	return {
		hostname: async () => line(await virsh('hostname')),
		versions: async () => parseVersions(await virsh('version', '--daemon')),
		// Whether a line end is added to the document depends on the version.
		capabilities: async () => (await virsh('capabilities')).trimEnd(),
		domains,
		async state(uuid) {
			const [, state = '', reason = 'unknown'] =
				/^(.*?)(?: \((.*)\))?$/m.exec(await virsh('domstate', `--domain=${uuid}`, '--reason')) ?? [];
			return {state: parseState(state, false), reason};
		},
		async definition(uuid, {inactive = false, secure = false} = {}) {
			const flags = [...(inactive ? ['--inactive'] : []), ...(secure ? ['--security-info'] : [])];
			return virsh('dumpxml', `--domain=${uuid}`, ...flags);
		},
		async snapshotNames(uuid) {
			// A name may hold empty lines.
			const names = (await virsh('snapshot-list', `--domain=${uuid}`, '--name')).replace(/\n+$/, '');
			return names === '' ? [] : names.split('\n');
		},
		currentSnapshot: async uuid => {
			const name = await orNull(virsh('snapshot-current', `--domain=${uuid}`, '--name'));
			return name === null ? null : line(name);
		},
		snapshots: (uuid, names, {secure = false} = {}) => recordsOf(virsh, uuid, names, secure),
		async checkpoints(uuid) {
			return lines(await virsh('checkpoint-list', `--domain=${uuid}`, '--name', '--topological'));
		},
		job,
		async blockJob(uuid, target) {
			const text = await orNull(virsh('blockjob', `--domain=${uuid}`, `--path=${target}`, '--raw'));
			const type = /\btype=(.*)/.exec(text ?? '')?.[1];
			const number = (name: string) => Number(new RegExp(`\\b${name}=(\\d+)`).exec(text ?? '')?.[1] ?? 0);
			return type === undefined ? null : {type, progress: {doneBytes: number('cur'), totalBytes: number('end')}};
		},
		async blockInfo(uuid, target) {
			const text = await virsh('domblkinfo', `--domain=${uuid}`, `--device=${target}`);
			const number = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(text)?.[1] ?? 0);
			return {capacity: number('Capacity'), allocation: number('Allocation'), physical: number('Physical')};
		},
		async volumeXml(volume) {
			const address = 'path' in volume ? [`--vol=${volume.path}`] : [`--pool=${volume.pool}`, `--vol=${volume.name}`];
			return virsh('vol-dumpxml', ...address);
		},
		poolXml: pool => virsh('pool-dumpxml', `--pool=${pool}`),
		async savedXml(file, {secure = false} = {}) {
			return virsh('save-image-dumpxml', `--file=${file}`, ...(secure ? ['--security-info'] : []));
		},
		async monitor(uuid, command) {
			return line(await virsh('qemu-monitor-command', `--domain=${uuid}`, `--cmd=${JSON.stringify(command)}`));
		},
		listen: (signal, onHappening) =>
			listen(libvirt, signal, event => {
				onHappening({kind: event.kind, concerns: ({name}) => concerns(event, name)});
			}),
	};
}

/** Read `virsh version --daemon`. */
export function parseVersions(text: string): {libvirt: string; qemu: string} {
	const found = (pattern: RegExp) => pattern.exec(text)?.[1];
	const library = found(/^Using library: libvirt (\S+)/m);
	return {
		libvirt: found(/^Running against daemon: (\S+)/m) ?? library ?? '',
		qemu: found(/^Running hypervisor: \S+ (\S+)/m) ?? '',
	};
}

/** What is asked in one turn goes to virsh in one go. */
function collect(libvirt: Libvirt): AskVirsh {
	type Waiting = {question: readonly string[]; resolve: (answer: Answer) => void; reject: (error: unknown) => void};
	let waiting: Waiting[] = [];

	async function put(): Promise<void> {
		await turn();
		const all = waiting;
		waiting = [];
		try {
			const answers = await ask(
				libvirt,
				all.map(({question}) => question),
			);
			for (const [index, {resolve}] of all.entries()) resolve(answers[index]!);
		} catch (error) {
			for (const {reject} of all) reject(error);
		}
	}

	return async (...question) => {
		const answer = await new Promise<Answer>((resolve, reject) => {
			waiting.push({question, resolve, reject});
			if (waiting.length === 1) put();
		});
		if (answer.failed) throw new CommandError(virshArgv(libvirt.uri, ...question), null, answer.stderr);
		return answer.stdout;
	};
}

/**
 * Of `domjobinfo --rawstats`; null where it does not say so. Not data_processed: it leaves out pages of zeros, and counts those that a
 * guest has changed meanwhile twice.
 */
export function progressOf(rawStatistics: string): JobProgress | null {
	const number = (name: string) => Number(new RegExp(`^${name}\\s*[:=]\\s*(\\d+)`, 'm').exec(rawStatistics)?.[1]);
	const [total, left] = [number('data_total'), number('data_remaining')];
	return total > 0 && left >= 0 ? {doneBytes: total - left, totalBytes: total} : null;
}

/** An answer, or the words in which it was refused. */
async function outcome(answer: Promise<string>): Promise<Pick<Answer, 'stdout' | 'stderr' | 'failed'>> {
	const refusal: {words?: string} = {};
	const stdout = await orNull(
		answer.catch(error => {
			if (error instanceof CommandError) refusal.words = error.stderr;
			throw error;
		}),
	);
	return {stdout: stdout ?? '', stderr: refusal.words ?? '', failed: stdout === null};
}

/** virsh adds a newline to everything but the documents that end in one already. */
function line(text: string): string {
	return text.replace(/\n$/, '');
}

function lines(text: string): string[] {
	return text.split('\n').filter(one => one !== '');
}
