/** Questions about what libvirt and QEMU do with a domain at this moment. */
import {CommandError} from '../../errors.ts';
import {type LibvirtReader, orNull} from '../../reader.ts';
import type {Answer} from '../ask.ts';
import type {AskVirsh} from '../ask-together.ts';
import {parseJob, progressOf} from '../job.ts';

/** What virsh tells of it. */
export function virshJobs(virsh: AskVirsh): Pick<LibvirtReader, 'job' | 'blockJob'> {
	return {
		async job(uuid) {
			const [words, raw] = await Promise.all([
				outcome(virsh('domjobinfo', `--domain=${uuid}`)),
				orNull(virsh('domjobinfo', `--domain=${uuid}`, '--rawstats')),
			]);
			const operation = parseJob(words);
			return operation === null ? null : {operation, progress: progressOf(raw ?? '')};
		},
		async blockJob(uuid, target) {
			const text = await orNull(virsh('blockjob', `--domain=${uuid}`, `--path=${target}`, '--raw'));
			const type = /\btype=(.*)/.exec(text ?? '')?.[1];
			const number = (name: string) => Number(new RegExp(`\\b${name}=(\\d+)`).exec(text ?? '')?.[1] ?? 0);
			return type === undefined ? null : {type, progress: {doneBytes: number('cur'), totalBytes: number('end')}};
		},
	};
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
